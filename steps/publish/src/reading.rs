//! How the figures are to be read: one page of explanations, with the same bars, lights and tags as everywhere.

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use ledger::rules::{Light, LightRules};
use utoipa_axum::router::OpenApiRouter;
use web::components::{self, Bullet};
use web::{Access, Frame, Result, Route, Step, page};

const ROUTES: &[Route] = &[Route::get("/reading", Access::Public)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/reading", get(show)), routes: ROUTES }
}

#[derive(Template)]
#[template(path = "reading.html")]
struct ReadingPage {
    f: Frame,
    rules: LightRules,
}

async fn show(f: Frame) -> Result<Response> {
    page(&ReadingPage { f, rules: LightRules::default() })
}

impl ReadingPage {
    fn light(&self, light: &Light) -> components::Light {
        components::Light { class: light.code(), word: light.name().get(self.f.lang).to_owned() }
    }

    fn bar(&self) -> Bullet {
        Bullet::new(77.7, Some(50.0), "steady")
            .labelled(self.f.lang.t("完成 77.7%，序时 50%", "77.7 % done, schedule 50 %"))
    }

    fn bar_beyond(&self) -> Bullet {
        Bullet::new(137.1, Some(91.7), "done")
            .labelled(self.f.lang.t("完成 137.1%，序时 91.7%", "137.1 % done, schedule 91.7 %"))
    }
}
