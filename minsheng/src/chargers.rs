//! `minsheng chargers`, `minsheng simulate operator`, and the demo's operators.

use std::net::SocketAddr;
use std::process::ExitCode;

use ::store::{Actor, Sealing, Store};
use anyhow::{Result, anyhow, bail};
use evcs::ConnectorReport;
use kernel::{Lang, Level, RegionCode};
use places::chargers::operators::{self, NewOperator, Secrets};
use places::chargers::ratings::scheme::Scheme;
use places::chargers::ratings::{self, Subject, Wanted};
use places::chargers::rules::{HOUR_MS, Point, is_rural};
use places::chargers::simulator::fleet::Size;
use places::chargers::simulator::{Fleet, Misbehaviour, Simulator, Town};
use places::chargers::store::live::{self, Heard};
use places::chargers::store::{operators as rows, ratings as kept, stations};
use places::chargers::tables::operators::Model as Operator;
use serde_json::json;
use tokio::net::TcpListener;

use crate::cli::{ChargersCommand, SimulateCommand};
use crate::configuration::Settings;
use crate::output::say;
use crate::{serve, wiring};

/// Does what the command says.
pub(crate) async fn run(settings: &Settings, command: ChargersCommand, json: bool) -> Result<ExitCode> {
    let store = wiring::open(&settings.values).await?;
    match command {
        ChargersCommand::Rate { region, by, days, keep } => {
            let subject =
                Subject::parse(&by).ok_or_else(|| anyhow!("--by 只能是 operator 或 region (operator or region)"))?;
            let wanted = Wanted::last_days(subject, region.parse()?, days, store.clock().now_ms())?;
            rate(&store, wanted, keep, json).await
        }
        ChargersCommand::Replay { id } => replay(&store, id, json).await,
    }
}

async fn rate(store: &Store, wanted: Wanted, keep: bool, json: bool) -> Result<ExitCode> {
    let scheme = Scheme::shipped();
    let (id, scored) = if keep {
        let row = ratings::keep(store, &Actor::operator("operator"), "operator", &scheme, wanted).await?;
        (Some(row.id), ratings::results(&row)?)
    } else {
        (None, ratings::rate(store, &scheme, wanted).await?.1)
    };
    if json {
        let whole = json!({ "id": id, "scheme": format!("{}@{}", scheme.code, scheme.version), "results": scored });
        say!("{}", serde_json::to_string_pretty(&whole)?);
        return Ok(ExitCode::SUCCESS);
    }
    say!("{} {}@{}", scheme.label(Lang::Zh), scheme.code, scheme.version);
    for one in scored {
        let tied = if one.tied { " 并列" } else { "" };
        say!("{:>3}{tied}  {:>3}.{:02}  {}", one.rank, one.score / 100, one.score % 100, one.name);
    }
    if let Some(id) = id {
        say!("已保存 (kept): /chargers/ratings/{id}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn replay(store: &Store, id: Option<uuid::Uuid>, json: bool) -> Result<ExitCode> {
    let on = store.reader();
    let mut all = Vec::new();
    match id {
        Some(id) => {
            all.push(kept::find(on, id).await?.ok_or_else(|| anyhow!("没有这次评价 (there is no such rating)"))?)
        }
        None => loop {
            let page =
                kept::list(on, all.last().map(|row: &places::chargers::tables::ratings::Model| row.id), 200).await?;
            if page.is_empty() {
                break;
            }
            all.extend(page);
        },
    }
    let (mut lines, mut broken) = (Vec::new(), false);
    for row in &all {
        let holds = ratings::replays(row)?;
        broken |= holds == Some(false);
        lines.push((row.id, holds));
    }
    if json {
        let lines: Vec<_> = lines.iter().map(|(id, holds)| json!({ "id": id, "replays": holds })).collect();
        say!("{}", serde_json::to_string_pretty(&lines)?);
    } else {
        for (id, holds) in lines {
            say!(
                "{id}  {}",
                match holds {
                    Some(true) => "一致 (the same)",
                    Some(false) => "不一致 (not the same)",
                    None => "办法版本不在本机 (the scheme's version is not at hand)",
                }
            );
        }
    }
    Ok(if broken { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Plays an operator until told to stop.
pub(crate) async fn simulate(settings: &Settings, command: SimulateCommand, json: bool) -> Result<ExitCode> {
    let SimulateCommand::Operator { code, connectors, rural, seed, misbehave } = command;
    let how = Misbehaviour::parse(&misbehave).ok_or_else(|| {
        let known: Vec<_> = Misbehaviour::ALL.iter().map(|one| one.code()).collect();
        anyhow!("--misbehave 只能是 {} (is one of these)", known.join("、"))
    })?;
    let Some(urban) = connectors.checked_sub(rural) else {
        bail!("--rural 不能多于 --connectors (not more than all connectors)");
    };
    let town = |area: &str, name: &str, rural, lat, lng| Town {
        area: area.into(),
        name: name.into(),
        rural,
        at: Point { lat, lng },
    };
    let towns = [
        town("330784001", "东城街道", false, 28_900_000, 120_030_000),
        town("330784100", "石柱镇", true, 28_840_000, 120_140_000),
    ];
    let served = Secrets::random();
    let fleet = Fleet::generate(&operators::operator_code(&code)?, seed, &towns, Size { urban, rural });
    let simulator = Simulator::new(fleet, kernel::Clock::system(), served.clone());
    simulator.misbehave(how);
    let stop = web::server::stop_signal();
    let listener = serve::listen(&settings.values).await?;
    let address = format!("http://{}/evcs/v20160701/", listener.local_addr()?);
    let keys = json!({
        "OperatorID": code, "address": address, "OperatorSecret": served.operator, "DataSecret": served.data,
        "DataSecretIV": served.iv, "SigSecret": served.sig,
    });
    if json {
        say!("{keys}");
    } else {
        say!("模拟运营商（演示数据） a simulated operator\n{}", serde_json::to_string_pretty(&keys)?);
        say!("{}；Ctrl-C 停止 stops", how.name().zh);
    }
    axum::serve(listener, simulator.router()).with_graceful_shutdown(stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// About where counties lie, WGS 84, in millionths of a degree: latitude, longitude.
const COUNTIES: [(&str, i32, i32); 11] = [
    ("330203", 29_874_000, 121_510_000),
    ("330205", 29_905_000, 121_520_000),
    ("330206", 29_899_000, 121_844_000),
    ("330211", 29_990_000, 121_640_000),
    ("330212", 29_800_000, 121_600_000),
    ("330213", 29_620_000, 121_380_000),
    ("330225", 29_450_000, 121_850_000),
    ("330226", 29_290_000, 121_450_000),
    ("330281", 30_037_000, 121_155_000),
    ("330282", 30_190_000, 121_300_000),
    ("330784", 28_888_000, 120_047_000),
];

/// The demo's operators: number, name, city or county, seed, connectors in towns that are not rural and in rural ones. Those
/// of Ningbo add up to the 3,645 connectors, 1,518 of them rural, that were published for the first half of 2024, those
/// of Yongkang to the 278, 158 of them rural, of its tasks for 2024.
const OPERATORS: [(&str, &str, &str, u64, Size); 4] = [
    ("MADEMO001", "演示充电一号", "330200", 11, Size { urban: 1_063, rural: 759 }),
    ("MADEMO002", "演示充电二号", "330200", 12, Size { urban: 638, rural: 455 }),
    ("MADEMO003", "演示充电三号", "330200", 13, Size { urban: 426, rural: 304 }),
    ("MADEMO004", "演示充电四号", "330784", 14, Size { urban: 120, rural: 158 }),
];

/// How far back the demo's history reaches, in hours.
const BACK_HOURS: i64 = 24;

/// Loads the demo's operators where they are missing, and plays them on the loopback from now on.
///
/// # Errors
/// When the database fails or the loopback cannot be listened on.
pub(crate) async fn demo(
    store: &Store,
    sealing: &Sealing,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<String> {
    let mut connectors = 0;
    for (index, (code, name, top, seed, size)) in OPERATORS.into_iter().enumerate() {
        let towns = towns(store, top.parse()?, seed).await?;
        let fleet = Fleet::generate(code, seed, &towns, size);
        connectors += fleet.connectors().count();
        // Each is called with the same keys at every start; they open nothing but a simulator on the loopback.
        let served = Secrets {
            operator: code.repeat(2)[..16].to_owned(),
            data: code.repeat(2)[..16].to_owned(),
            iv: code.repeat(2)[1..17].to_owned(),
            sig: code.repeat(2)[2..18].to_owned(),
        };
        let simulator = Simulator::new(fleet, store.clock().clone(), served.clone());
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = format!("http://{}/evcs/v20160701/", listener.local_addr()?);
        let router = simulator.router();
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "a simulated operator broke off");
            }
        });
        let actor = Actor::operator("demo");
        match rows::by_code(store.reader(), code).await? {
            Some(found) => operators::move_to(store, &actor, &found, &address).await?,
            None => {
                let new = NewOperator {
                    code: code.to_owned(),
                    name: name.to_owned(),
                    region: top.parse()?,
                    address,
                    own_code: "MADEMO000".to_owned(),
                    keys_in: Secrets::random(),
                    keys_out: Some(served),
                    demo: true,
                };
                let operator = operators::register(store, sealing, &actor, new).await?;
                stations::take(store, &operator, &simulator.fleet().stations, true).await?;
                live_through(store, &operator, simulator.fleet()).await?;
            }
        }
        progress(index as u64 + 1, OPERATORS.len() as u64);
    }
    let on = store.reader();
    if kept::list(on, None, 1).await?.is_empty() {
        let now = store.clock().now_ms();
        for (top, subject) in [("330200", Subject::Operator), ("330200", Subject::Region)] {
            let wanted = Wanted::last_days(subject, top.parse()?, 1, now)?;
            ratings::keep(store, &Actor::operator("demo"), "演示", &Scheme::shipped(), wanted).await?;
        }
    }
    Ok(format!(
        "演示充电桩：{} 家运营商 {connectors} 把枪（演示数据），状态由本机模拟 (simulated here)",
        OPERATORS.len()
    ))
}

/// The towns below a city or county, each about where its county lies.
async fn towns(store: &Store, top: RegionCode, seed: u64) -> Result<Vec<Town>> {
    let mut towns = Vec::new();
    for (county, lat, lng) in COUNTIES {
        let county: RegionCode = county.parse()?;
        if !top.contains(county) {
            continue;
        }
        for row in ledger::regions::children(store.reader(), county, 2024).await? {
            let Some(code) = RegionCode::from_stored(row.code).filter(|code| code.level() == Level::Town) else {
                continue;
            };
            let Some(rural) = is_rural(code) else { continue };
            // Spread over the county by the code, rural towns wider: an invented place, labelled as such.
            let mixed = (code.number() / 1_000).wrapping_mul(0x9e37_79b9_7f4a_7c15 ^ seed);
            let reach = if rural { 110_000 } else { 28_000 };
            let off = |bits: u64| {
                i32::try_from(bits % (2 * reach)).unwrap_or_default() - i32::try_from(reach).unwrap_or_default()
            };
            let at = Point { lat: lat + off(mixed >> 8), lng: lng + off(mixed >> 34) };
            towns.push(Town { area: code.short(), name: row.name, rural, at });
        }
    }
    Ok(towns)
}

/// Lives through the last day, hour by hour.
async fn live_through(store: &Store, operator: &Operator, fleet: &Fleet) -> Result<()> {
    let now = store.clock().now_ms();
    for back in (0..=BACK_HOURS).rev() {
        let at_ms = now - back * HOUR_MS;
        let heard: Vec<Heard> = fleet
            .connectors()
            .map(|connector| {
                let status = fleet.status(connector, at_ms);
                let report = ConnectorReport { connector: connector.to_owned(), status, park: -1, lock: -1 };
                Heard { operator: operator.id, report, at_ms }
            })
            .collect();
        let tx = store.begin_upkeep().await?;
        live::note(&tx, &heard).await?;
        tx.commit().await?;
    }
    Ok(())
}
