//! The schemes that may be used: what each says and where every rule comes from; adding a version.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::{Permission, Problem, RegionCode};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use web::{Access, App, Checked, Frame, Path, Query, Result, Route, SignedIn, Step, components, outcome, page};

use crate::catalogue::{self, Available, NewScheme};
use crate::explain;
use crate::list::version_words;
use crate::scheme::{Component, Input, Scheme};
use crate::words::Class;

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const SCORE: Access = Access::Needs(Permission::ScoreYear);

const ROUTES: &[Route] = &[
    Route::get("/office/assessments/schemes", ENTER),
    Route::post("/office/assessments/schemes", SCORE),
    Route::get("/office/assessments/schemes/{code}/{number}", ENTER),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/assessments/schemes", get(list).post(add))
        .route("/office/assessments/schemes/{code}/{number}", get(show));
    Step { router, routes: ROUTES }
}

/// The schemes of the places where somebody may enter the office.
pub(crate) async fn visible(app: &App, me: &SignedIn) -> Result<Vec<Available>> {
    let tops: Vec<RegionCode> = me.scopes(Permission::EnterOffice).iter().map(|range| *range.start()).collect();
    Ok(catalogue::all(app.store.reader(), &tops).await?)
}

#[derive(Template)]
#[template(path = "schemes.html")]
struct SchemesPage {
    f: Frame,
    schemes: Vec<Available>,
}

async fn list(State(app): State<App>, f: Frame, me: SignedIn) -> Result<Response> {
    page(&SchemesPage { schemes: visible(&app, &me).await?, f })
}

impl SchemesPage {
    fn say(&self, text: kernel::Text) -> String {
        text.get(self.f.lang).to_owned()
    }

    fn name(&self, one: &Available) -> String {
        self.f.say(&one.scheme.title()).to_owned()
    }

    fn version(&self, one: &Available) -> String {
        version_words(&self.f, one.scheme.version)
    }

    fn years(&self, one: &Available) -> String {
        let (from, to) = (one.scheme.valid_from, one.scheme.valid_to);
        match to {
            Some(to) => format!("{from}–{to}"),
            None if from <= 2000 => self.f.lang.t("各年度", "any year").to_owned(),
            None => format!("{from}–"),
        }
    }

    fn full_mark(&self, one: &Available) -> String {
        match one.scheme.full_mark {
            Some(full) => explain::plain(*full, 4),
            None => self.f.lang.t("录入为准", "as entered").to_owned(),
        }
    }

    fn origin(&self, one: &Available) -> String {
        match &one.added {
            None => self.f.lang.t("随程序提供", "ships with the program").to_owned(),
            Some(added) => format!("{} · {} · {}", self.f.time(&added.at_ms), added.by, added.note),
        }
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct SchemeFields {
    region: String,
    text: String,
    note: String,
}

impl SchemeFields {
    fn read(&self) -> Result<NewScheme, Problem> {
        let region = self
            .region
            .trim()
            .parse()
            .map_err(|problem: Problem| Problem::field("region", problem.message.zh, problem.message.en))?;
        Ok(NewScheme { region, text: self.text.replace("\r\n", "\n"), note: self.note.clone() })
    }
}

#[derive(Template)]
#[template(path = "scheme.html")]
struct SchemePage {
    f: Frame,
    scheme: Scheme,
    text: String,
    may_add: bool,
    fields: SchemeFields,
    saved: bool,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct Shown {
    saved: Option<String>,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((code, number)): Path<(String, u32)>,
    Query(shown): Query<Shown>,
) -> Result<Response> {
    let known = visible(&app, &me).await?;
    let found = known.iter().rev().find(|one| one.scheme.code == code && one.scheme.version == number);
    let found = found.ok_or_else(|| Problem::not_found("没有这个考核办法", "There is no such scheme"))?;
    let next = known.iter().filter(|one| one.scheme.code == code).map(|one| one.scheme.version).max().unwrap_or(0) + 1;
    let own = me.scopes(Permission::ScoreYear).first().map(|range| range.start().short());
    let fields = SchemeFields {
        region: own.clone().unwrap_or_default(),
        text: found.text.replacen(&format!("version = {number}"), &format!("version = {next}"), 1),
        note: String::new(),
    };
    page(&SchemePage {
        f,
        scheme: found.scheme.clone(),
        text: found.text.clone(),
        may_add: own.is_some(),
        fields,
        saved: shown.saved.is_some(),
        problem: None,
    })
}

impl SchemePage {
    fn say(&self, text: kernel::Text) -> String {
        text.get(self.f.lang).to_owned()
    }

    fn version(&self) -> String {
        version_words(&self.f, self.scheme.version)
    }

    fn name(&self, component: &Component) -> String {
        self.f.say(&component.title()).to_owned()
    }

    fn class(&self, component: &Component) -> String {
        match (component.class, component.weight) {
            (Class::Base, Some(weight)) => explain::plain(*weight, 4),
            (class, _) => self.f.say(&class.name()).to_owned(),
        }
    }

    fn rule(&self, component: &Component) -> String {
        let bound = |words: (&str, &str), number: Option<crate::exact::Exact>| {
            number.map(|number| format!("{}{}", self.f.lang.t(words.0, words.1), explain::signed(*number)))
        };
        let bounds =
            [bound(("最多 ", "at most "), component.at_most), bound(("最少 ", "at least "), component.at_least)];
        let parts =
            std::iter::once(self.f.say(&explain::rule(component)).to_owned()).chain(bounds.into_iter().flatten());
        parts.collect::<Vec<_>>().join(self.f.lang.t("；", "; "))
    }

    fn source(&self, component: &Component) -> String {
        format!("{}（{:?}）", self.f.say(&component.origin()), component.certainty)
    }

    fn input(&self, input: &Input) -> (String, String, String, String) {
        let from = if input.or_typed {
            format!("{}{}", self.f.say(&input.from.name()), self.f.lang.t("，可录入代替", ", or entered"))
        } else {
            self.f.say(&input.from.name()).to_owned()
        };
        let (name, kind) = (self.f.say(&input.title()).to_owned(), self.f.say(&input.kind.name()).to_owned());
        (name, kind, from, self.f.say(&input.missing.name()).to_owned())
    }

    fn veto(&self, veto: &crate::scheme::Veto) -> String {
        let (name, effect, source) = (veto.title(), veto.effect.name(), veto.origin());
        format!("{}{}{}。{}", self.f.say(&name), self.f.lang.t("：", ": "), self.f.say(&effect), self.f.say(&source))
    }

    fn limits(&self) -> String {
        let (limits, f) = (&self.scheme.limits, &self.f);
        let told = [
            (limits.additions_at_most, "加分合计最多 ", "additions at most "),
            (limits.deductions_at_most, "扣分合计最多 ", "deductions at most "),
            (limits.total_at_least, "总分最低 ", "total at least "),
            (limits.total_at_most, "总分最高 ", "total at most "),
        ];
        let told = told
            .into_iter()
            .filter_map(|(number, zh, en)| Some(format!("{}{}", f.lang.t(zh, en), explain::plain(*number?, 4))));
        told.collect::<Vec<_>>().join(f.lang.t("；", "; "))
    }
}

async fn add(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Checked(fields): Checked<SchemeFields>,
) -> Result<Response> {
    let added = match fields.read() {
        Ok(new) => {
            me.require(Permission::ScoreYear, new.region)?;
            catalogue::add(&app.store, &me.actor(), &me.display_name, new).await
        }
        Err(problem) => Err(problem.into()),
    };
    let next = |scheme: Scheme| format!("/office/assessments/schemes/{}/{}?saved=1", scheme.code, scheme.version);
    let again = async |problem| {
        // What cannot be read has no rules to show: those of the first scheme stand in, the text is the typed one.
        let scheme = Scheme::read(&fields.text).unwrap_or_else(|_| crate::scheme::shipped()[0].0.clone());
        let text = fields.text.clone();
        Ok(SchemePage { f, scheme, text, may_add: true, fields, saved: false, problem: Some(problem) })
    };
    outcome(added, next, again).await
}
