//! Stations of an operator that exists nowhere, and how their connectors stand at any moment.

use evcs::{Connector, ConnectorKind, ConnectorStatus, Equipment, EquipmentKind, Station, StationState};

use super::Lots;
use crate::chargers::rules::{HOUR_MS, MINUTE_MS, Point};

/// A town in which stations may stand.
#[derive(Clone, Debug)]
pub struct Town {
    /// Division code, nine digits.
    pub area: String,
    /// The name.
    pub name: String,
    /// Whether it counts as rural.
    pub rural: bool,
    /// About where it lies.
    pub at: Point,
}

/// An operator's stations with the seed of their course.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// `OperatorID`.
    pub code: String,
    /// The stations.
    pub stations: Vec<Station>,
    seed: u64,
}

/// How many connectors in towns that are not rural, and how many in rural ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Not rural.
    pub urban: usize,
    /// Rural.
    pub rural: usize,
}

/// Where a station stands, and its `Construction`.
const SPOTS: [(&str, i32); 9] = [
    ("便民服务中心", 2),
    ("体育公园", 7),
    ("农贸市场停车场", 9),
    ("客运站", 6),
    ("文化礼堂", 7),
    ("人民医院停车场", 2),
    ("产业园", 5),
    ("小区南门", 1),
    ("公共停车场", 9),
];

/// Prices in words: electricity and service.
const PRICES: [(&str, &str); 4] = [
    ("0.62元/度", "0.38元/度"),
    ("00:00-08:00 0.32元/度；08:00-22:00 0.98元/度；22:00-24:00 0.62元/度", "0.40元/度"),
    ("0.85元/度", "0.25元/度"),
    ("0.95元/度", "0.45元/度"),
];

/// Opening hours, most round the clock.
const HOURS: [&str; 4] = ["00:00-24:00", "00:00-24:00", "06:00-22:00", "07:00-21:00"];

impl Fleet {
    /// Exactly as many connectors as asked, in stations of two to twelve, in towns drawn by lot.
    ///
    /// # Panics
    /// When connectors are asked for and there is no town of that sort.
    pub fn generate(code: &str, seed: u64, towns: &[Town], size: Size) -> Self {
        let mut stations = Vec::new();
        for (rural, wanted) in [(false, size.urban), (true, size.rural)] {
            let towns: Vec<&Town> = towns.iter().filter(|town| town.rural == rural).collect();
            assert!(wanted == 0 || !towns.is_empty(), "no towns for {wanted} connectors");
            let mut left = wanted;
            while left > 0 {
                let index = stations.len();
                let mut lots = Lots::of(seed, index as u64);
                let connectors = usize::try_from(lots.between(2, 12)).unwrap_or(2).min(left);
                let town = *lots.one_of::<&Town>(&towns);
                stations.push(station(code, index, town, connectors, &mut lots));
                left -= connectors;
            }
        }
        Self { code: code.to_owned(), stations, seed }
    }

    /// One station with so many connectors: what an operator sends who sends too much.
    pub fn flood(code: &str, connectors: usize) -> Station {
        let town = Town {
            area: "330226101".into(),
            name: "演示".into(),
            rural: true,
            at: Point { lat: 29_288_000, lng: 121_430_000 },
        };
        station(code, 0, &town, connectors, &mut Lots::of(1, 1))
    }

    /// How a connector stands at a moment.
    pub fn status(&self, connector: &str, at_ms: i64) -> ConnectorStatus {
        let index = connector
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let lasts = Lots::of(self.seed, index).between(25, 95) * MINUTE_MS;
        let spell = at_ms.div_euclid(lasts);
        let lot = Lots::of(self.seed ^ index, spell.cast_unsigned()).between(0, 999);
        // In China (UTC+8): few charge in the small hours, most in the evening.
        let hour = (at_ms + 8 * HOUR_MS).div_euclid(HOUR_MS).rem_euclid(24);
        let busy = match hour {
            1..=6 => 180,
            11..=14 | 18..=22 => 520,
            _ => 340,
        };
        match lot {
            lot if lot < busy => ConnectorStatus::Charging,
            lot if lot < busy + 60 => ConnectorStatus::Occupied,
            lot if lot >= 985 => ConnectorStatus::Faulty,
            lot if lot >= 975 => ConnectorStatus::Offline,
            _ => ConnectorStatus::Free,
        }
    }

    /// Every connector's number.
    pub fn connectors(&self) -> impl Iterator<Item = &str> {
        self.stations.iter().flat_map(|station| station.connectors().map(|(_, connector)| connector.id.as_str()))
    }
}

fn station(code: &str, index: usize, town: &Town, connectors: usize, lots: &mut Lots) -> Station {
    let (spot, construction) = *lots.one_of(&SPOTS);
    let (electricity, service) = *lots.one_of(&PRICES);
    let fast_power = *lots.one_of(&[600, 1_200, 1_200, 1_800]);
    let spread = |lots: &mut Lots| i32::try_from(lots.between(-14_000, 14_000)).unwrap_or_default();
    let at = Point { lat: town.at.lat + spread(lots), lng: town.at.lng + spread(lots) }.to_gcj02();
    let slow_from = usize::try_from(lots.between(1, 12)).unwrap_or(1);
    let equipment =
        (0..connectors).map(|number| device(code, index, number, number >= slow_from, fast_power)).collect();
    Station {
        id: format!("{code}{index:05}"),
        operator: code.to_owned(),
        owner: code.to_owned(),
        name: format!("{}{spot}充电站{}号（演示）", town.name, index % 90 + 1),
        area: town.area.clone(),
        address: format!("{}演示路{}号", town.name, lots.between(1, 400)),
        tel: "95598".to_owned(),
        service_tel: "95598".to_owned(),
        kind: 1,
        state: StationState::Open,
        parks: i32::try_from(connectors + 2).unwrap_or_default(),
        lng: Some(at.lng),
        lat: Some(at.lat),
        guide: String::new(),
        construction,
        hours: (*lots.one_of(&HOURS)).to_owned(),
        electricity_fee: electricity.to_owned(),
        service_fee: service.to_owned(),
        park_fee: (*lots.one_of(&["免费", "充电期间免费", "2元/小时"])).to_owned(),
        payment: "扫码".to_owned(),
        remark: "演示数据".to_owned(),
        equipment,
    }
}

fn device(code: &str, station: usize, number: usize, slow: bool, fast_power: i32) -> Equipment {
    let id = format!("{code}{station:05}{number:05}");
    let (kind, plug, power, volts, amperes) = if slow {
        (EquipmentKind::Alternating, ConnectorKind::AlternatingSocket, 70, 220, 32)
    } else {
        (EquipmentKind::Direct, ConnectorKind::DirectGun, fast_power, 750, 250)
    };
    let connector = Connector {
        id: format!("{id}1"),
        name: format!("{}号枪", number + 1),
        kind: plug,
        volts_most: volts,
        volts_least: 200,
        amperes,
        power,
        park: format!("A{:02}", number + 1),
        standard: 2,
    };
    Equipment {
        id,
        name: format!("{}号桩", number + 1),
        maker: String::new(),
        model: String::new(),
        kind,
        power,
        connectors: vec![connector],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fleet_has_exactly_what_was_published_and_a_course_that_comes_again() {
        let town = |rural, name: &str| Town {
            area: if rural { "330784100" } else { "330784001" }.into(),
            name: name.into(),
            rural,
            at: Point { lat: 28_888_000, lng: 120_047_000 },
        };
        let towns = [town(true, "石柱镇"), town(false, "东城街道")];
        let fleet = Fleet::generate("MA0000001", 7, &towns, Size { urban: 120, rural: 158 });
        let rural = fleet.stations.iter().filter(|station| station.area == "330784100").flat_map(Station::connectors);
        assert_eq!((fleet.connectors().count(), rural.count()), (278, 158));
        let again = Fleet::generate("MA0000001", 7, &towns, Size { urban: 120, rural: 158 });
        assert_eq!(fleet.stations, again.stations);
        let noon = 1_719_720_000_000;
        let statuses: Vec<_> = fleet.connectors().map(|one| fleet.status(one, noon)).collect();
        let free = statuses.iter().filter(|status| **status == ConnectorStatus::Free).count();
        assert!((60..220).contains(&free), "{free} of 278 free");
        let unlike =
            fleet.connectors().filter(|one| fleet.status(one, noon) != fleet.status(one, noon + 3 * HOUR_MS)).count();
        assert!(unlike > 30, "{unlike} changed in three hours");
    }
}
