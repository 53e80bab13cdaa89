//! Stations with their devices and connectors (`StationInfo`, `EquipmentInfo`, `ConnectorInfo`).

use serde_json::{Value, json};

use crate::codes::{ConnectorKind, EquipmentKind, StationState};
use crate::lenient::Fields;
use crate::messages::NotAsAgreed;

/// From this power on, in tenths of a kilowatt, a connector of unknown kind counts as a fast one (certainty D: the
/// limit between slow and fast charging of GB/T 18487.1 as it is commonly quoted, 22 kW, exceeded).
const FAST_FROM: i32 = 300;

/// A station as its operator describes it. Lengths are those of the standard; longer texts are cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// The operator's number (`StationID`).
    pub id: String,
    /// Who runs it (`OperatorID`); may be empty.
    pub operator: String,
    /// Who owns the devices (`EquipmentOwnerID`); may be empty.
    pub owner: String,
    /// The name.
    pub name: String,
    /// Division code (GB/T 2260), as it was sent: six digits, sometimes up to twelve.
    pub area: String,
    /// The address.
    pub address: String,
    /// The station's telephone.
    pub tel: String,
    /// The operator's telephone.
    pub service_tel: String,
    /// 1 public, 50 personal, 100 buses, 101 sanitation, 102 freight, 103 taxis, 255 other.
    pub kind: i32,
    /// How it stands.
    pub state: StationState,
    /// Parking spaces; 0 unknown.
    pub parks: i32,
    /// Longitude in millionths of a degree, GCJ-02 by the standard.
    pub lng: Option<i32>,
    /// Latitude in millionths of a degree, GCJ-02 by the standard.
    pub lat: Option<i32>,
    /// How to find it.
    pub guide: String,
    /// Where it stands: 1 homes, 2 public bodies … 11 motorway services, 255 other.
    pub construction: i32,
    /// When it is open, in words.
    pub hours: String,
    /// The price of electricity, in words.
    pub electricity_fee: String,
    /// The price of the service, in words.
    pub service_fee: String,
    /// The price of parking, in words.
    pub park_fee: String,
    /// How one pays.
    pub payment: String,
    /// Anything else.
    pub remark: String,
    /// Its devices.
    pub equipment: Vec<Equipment>,
}

/// A charging device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equipment {
    /// The operator's number (`EquipmentID`).
    pub id: String,
    /// The name; may be empty.
    pub name: String,
    /// Who made it; may be empty.
    pub maker: String,
    /// Its model; may be empty.
    pub model: String,
    /// What it gives.
    pub kind: EquipmentKind,
    /// Power in tenths of a kilowatt; 0 unknown.
    pub power: i32,
    /// Its connectors.
    pub connectors: Vec<Connector>,
}

/// What a car is plugged into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    /// The operator's number (`ConnectorID`), unique with the operator.
    pub id: String,
    /// The name; may be empty.
    pub name: String,
    /// What sort it is.
    pub kind: ConnectorKind,
    /// Highest voltage, in volts.
    pub volts_most: i32,
    /// Lowest voltage, in volts.
    pub volts_least: i32,
    /// Current, in amperes.
    pub amperes: i32,
    /// Power in tenths of a kilowatt; 0 unknown.
    pub power: i32,
    /// The number of its parking space; may be empty.
    pub park: String,
    /// 1 for the plug of 2011, 2 for that of 2015; 0 unknown.
    pub standard: i32,
}

fn id(fields: Fields<'_>, name: &str, longest: usize) -> Result<String, NotAsAgreed> {
    let id = fields.text(name).filter(|id| !id.is_empty() && id.chars().count() <= longest);
    let id = id.filter(|id| !id.chars().any(char::is_control));
    id.ok_or_else(|| NotAsAgreed::missing(name))
}

fn code(fields: Fields<'_>, name: &str) -> i32 {
    fields.whole(name).and_then(|code| i32::try_from(code).ok()).unwrap_or(-1)
}

/// A quantity that is not negative; 0 where it is missing or makes no sense.
fn quantity(fields: Fields<'_>, name: &str, places: u32) -> i32 {
    fields.scaled(name, places).and_then(|n| i32::try_from(n).ok()).filter(|n| *n >= 0).unwrap_or(0)
}

/// A coordinate in millionths of a degree, `most` degrees at most; zero is where devices stand that do not know.
fn coordinate(fields: Fields<'_>, name: &str, most: i32) -> Option<i32> {
    let at = fields.scaled(name, 6).and_then(|at| i32::try_from(at).ok())?;
    (at != 0 && at.abs() <= most * 1_000_000).then_some(at)
}

impl Station {
    /// The longest number that is taken; the standard has 20, operators have more.
    pub const LONGEST_ID: usize = 64;

    /// Reads one, with at most `most_connectors` connectors; a connector or device without number is left out.
    ///
    /// # Errors
    /// When it has no number or name, or more connectors than that.
    pub fn read(value: &Value, most_connectors: usize) -> Result<Self, NotAsAgreed> {
        let fields = Fields::of(value).ok_or_else(|| NotAsAgreed("StationInfo is no object".to_owned()))?;
        let number = id(fields, "StationID", Self::LONGEST_ID)?;
        let name = fields.short("StationName", 50);
        if name.is_empty() {
            return Err(NotAsAgreed(format!("StationName of {number} is missing or empty")));
        }
        let equipment: Vec<Equipment> =
            fields.objects("EquipmentInfos").into_iter().filter_map(|one| Equipment::read(one).ok()).collect();
        let connectors: usize = equipment.iter().map(|device| device.connectors.len()).sum();
        if connectors > most_connectors {
            return Err(NotAsAgreed(format!("{number} has {connectors} connectors, at most {most_connectors}")));
        }
        let (lng, lat) = (coordinate(fields, "StationLng", 180), coordinate(fields, "StationLat", 90));
        // Latitude beyond 90 is longitude: in China the two cannot be mistaken for each other.
        let swapped = (coordinate(fields, "StationLat", 180), coordinate(fields, "StationLng", 90));
        let (lng, lat) = match (lng, lat, swapped) {
            (Some(lng), Some(lat), _) => (Some(lng), Some(lat)),
            (_, None, (Some(lng), Some(lat))) if lng.abs() > 90_000_000 => (Some(lng), Some(lat)),
            _ => (None, None),
        };
        Ok(Self {
            id: number,
            operator: fields.short("OperatorID", 18),
            owner: fields.short("EquipmentOwnerID", 18),
            name,
            area: fields.short("AreaCode", 20),
            address: fields.short("Address", 100),
            tel: fields.short("StationTel", 30),
            service_tel: fields.short("ServiceTel", 30),
            kind: code(fields, "StationType"),
            state: StationState::of(code(fields, "StationStatus")),
            parks: quantity(fields, "ParkNums", 0),
            lng,
            lat,
            guide: fields.short("SiteGuide", 100),
            construction: code(fields, "Construction"),
            hours: fields.short("BusineHours", 100),
            electricity_fee: fields.short("ElectricityFee", 256),
            service_fee: fields.short("ServiceFee", 100),
            park_fee: fields.short("ParkFee", 100),
            payment: fields.short("Payment", 20),
            remark: fields.short("Remark", 100),
            equipment,
        })
    }

    /// Writes it.
    pub fn to_json(&self) -> Value {
        let degrees = |at: Option<i32>| at.map_or(0.0, |at| f64::from(at) / 1e6);
        json!({
            "StationID": self.id,
            "OperatorID": self.operator,
            "EquipmentOwnerID": self.owner,
            "StationName": self.name,
            "CountryCode": "CN",
            "AreaCode": self.area,
            "Address": self.address,
            "StationTel": self.tel,
            "ServiceTel": self.service_tel,
            "StationType": self.kind,
            "StationStatus": self.state.code(),
            "ParkNums": self.parks,
            "StationLng": degrees(self.lng),
            "StationLat": degrees(self.lat),
            "SiteGuide": self.guide,
            "Construction": self.construction,
            "BusineHours": self.hours,
            "ElectricityFee": self.electricity_fee,
            "ServiceFee": self.service_fee,
            "ParkFee": self.park_fee,
            "Payment": self.payment,
            "Remark": self.remark,
            "EquipmentInfos": self.equipment.iter().map(Equipment::to_json).collect::<Vec<_>>(),
        })
    }

    /// Every connector with its device.
    pub fn connectors(&self) -> impl Iterator<Item = (&Equipment, &Connector)> {
        self.equipment.iter().flat_map(|device| device.connectors.iter().map(move |one| (device, one)))
    }
}

impl Equipment {
    fn read(fields: Fields<'_>) -> Result<Self, NotAsAgreed> {
        let connectors = fields.objects("ConnectorInfos").into_iter();
        Ok(Self {
            id: id(fields, "EquipmentID", Station::LONGEST_ID)?,
            name: fields.short("EquipmentName", 50),
            maker: fields.short("ManufacturerName", 50),
            model: fields.short("EquipmentModel", 50),
            kind: EquipmentKind::of(code(fields, "EquipmentType")),
            power: quantity(fields, "Power", 1),
            connectors: connectors.filter_map(|one| Connector::read(one).ok()).collect(),
        })
    }

    fn to_json(&self) -> Value {
        json!({
            "EquipmentID": self.id,
            "EquipmentName": self.name,
            "ManufacturerName": self.maker,
            "EquipmentModel": self.model,
            "EquipmentType": self.kind.code(),
            "Power": f64::from(self.power) / 10.0,
            "ConnectorInfos": self.connectors.iter().map(Connector::to_json).collect::<Vec<_>>(),
        })
    }
}

impl Connector {
    /// The longest number that is taken; the standard has 26, operators have more.
    pub const LONGEST_ID: usize = 64;

    fn read(fields: Fields<'_>) -> Result<Self, NotAsAgreed> {
        Ok(Self {
            id: id(fields, "ConnectorID", Self::LONGEST_ID)?,
            name: fields.short("ConnectorName", 50),
            kind: ConnectorKind::of(code(fields, "ConnectorType")),
            volts_most: quantity(fields, "VoltageUpperLimits", 0),
            volts_least: quantity(fields, "VoltageLowerLimits", 0),
            amperes: quantity(fields, "Current", 0),
            power: quantity(fields, "Power", 1),
            park: fields.short("ParkNo", 20),
            standard: quantity(fields, "NationalStandard", 0),
        })
    }

    fn to_json(&self) -> Value {
        json!({
            "ConnectorID": self.id,
            "ConnectorName": self.name,
            "ConnectorType": self.kind.code(),
            "VoltageUpperLimits": self.volts_most,
            "VoltageLowerLimits": self.volts_least,
            "Current": self.amperes,
            "Power": f64::from(self.power) / 10.0,
            "ParkNo": self.park,
            "NationalStandard": self.standard,
        })
    }

    /// Power in tenths of a kilowatt, of the device where the connector does not say; 0 unknown.
    pub fn power_with(&self, device: &Equipment) -> i32 {
        if self.power > 0 { self.power } else { device.power }
    }

    /// Whether this is 快充: by what it is plugged into, else by what the device gives, else by power.
    pub fn is_fast(&self, device: &Equipment) -> bool {
        match (self.kind, device.kind) {
            (ConnectorKind::DirectGun, _) => true,
            (ConnectorKind::HouseholdSocket | ConnectorKind::AlternatingSocket | ConnectorKind::AlternatingPlug, _) => {
                false
            }
            (_, EquipmentKind::Direct) => true,
            (_, EquipmentKind::Alternating) => false,
            _ => self.power_with(device) >= FAST_FROM,
        }
    }
}
