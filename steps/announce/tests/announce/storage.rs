//! Bulletins in both databases: begun, edited, signed, corrected – and what happens when two do it at once.

use announce::drafts::{self, By, Edited, Judged};
use announce::signing::{self, Seen};
use announce::tables::bulletins::Model as Bulletin;
use announce::words::State;
use announce::writing::bindings::Bindings;
use kernel::ProblemKind;
use uuid::Uuid;

use crate::house::{House, actor, announce, at, day, problem};

databases::on_both!(a_bulletin_is_signed_frozen_and_corrected, one_signature_wins);

/// The program itself, which any one person may follow as the second pair of eyes.
pub(crate) fn nobody() -> By {
    By { account: None, name: "程序".into() }
}

async fn seen(house: &House, row: &Bulletin) -> Seen {
    let outline = house.outline("330200-2024").await;
    let bindings = Bindings::load(house.store.reader(), outline.programme, row.cut_off, row.known_on).await.unwrap();
    let judged = Judged::of(&Edited::of(row), &bindings);
    assert!(judged.is_ready(), "{:?} {:?}", judged.typed, judged.document.gaps());
    let (_, digest) = signing::digest(&judged.document, row.cut_off).unwrap();
    Seen { id: row.id, version: row.version, digest }
}

async fn sign(house: &House, row: &Bulletin) -> store::Result<Bulletin> {
    let seen = seen(house, row).await;
    let outline = house.outline("330200-2024").await;
    signing::sign(&house.store, (&actor(), &nobody()), &outline, &seen).await
}

async fn a_bulletin_is_signed_frozen_and_corrected(url: &str) {
    let house = House::on(url).await;
    let row = house.begin(&nobody()).await;
    assert_eq!((row.state(), row.version), (State::Draft, 1));
    let signed = sign(&house, &row).await.unwrap();
    assert_eq!((signed.state(), signed.known_on, signed.version), (State::Signed, Some(day("2024-07-08")), 2));
    assert!(signing::is_intact(&signed));
    let document = signing::frozen(&signed).unwrap();
    let (text, _) = document.text();
    for words in
        ["宁波市2024年上半年", "截至2024年6月30日", "新增中小学学位850个，完成年度目标1000个的85.0%", "12.6公里"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
    // Twice is once too often, and a signed text takes no edit.
    assert_eq!(problem(sign(&house, &row).await).kind, ProblemKind::Conflict);
    let edit = drafts::edit(&house.store, (&actor(), &nobody()), (row.id, signed.version), &Edited::of(&row)).await;
    assert_eq!(problem(edit).kind, ProblemKind::Conflict);

    // A figure is corrected; what was signed stays as it was, and the corrected version says why.
    let outline = house.outline("330200-2024").await;
    let entry = document.figures.iter().find(|bound| bound.text == "850个").unwrap().entry.unwrap();
    assert_eq!(signing::citing(house.store.reader(), entry).await.unwrap().len(), 1);
    let later = House { store: house.store.with_clock(at("2024-07-20")), folder: tempfile::tempdir().unwrap() };
    later.import(&crate::house::SHEET.replace(",850,", ",855,")).await;
    let without = drafts::correct(&later.store, (&actor(), &nobody()), &outline, &signed, " ").await;
    assert!(problem(without).for_field("reason").is_some());
    let draft = drafts::correct(&later.store, (&actor(), &nobody()), &outline, &signed, "学位数更正").await.unwrap();
    let twice = drafts::correct(&later.store, (&actor(), &nobody()), &outline, &signed, "再更正").await;
    assert_eq!(problem(twice).kind, ProblemKind::Conflict);
    let corrected = sign(&later, &draft).await.unwrap();
    let old = drafts::find(house.store.reader(), signed.id).await.unwrap().unwrap();
    assert_eq!((old.state(), corrected.supersedes), (State::Superseded, Some(signed.id)));
    assert_eq!(old.document, signed.document, "frozen is frozen");
    assert!(signing::frozen(&corrected).unwrap().text().0.contains("新增中小学学位855个"));
    assert!(store::audit::verify(house.store.reader()).await.unwrap().fault.is_none());
}

/// Of several who sign at once one does, and of an edit and a signature one wins.
async fn one_signature_wins(url: &str) {
    let house = House::on(url).await;
    let row = house.begin(&nobody()).await;
    let seen = seen(&house, &row).await;
    let outline = house.outline("330200-2024").await;
    let all = (0..6).map(|_| {
        let (store, seen, outline) = (house.store.clone(), seen.clone(), outline.clone());
        tokio::spawn(async move { signing::sign(&store, (&actor(), &nobody()), &outline, &seen).await })
    });
    let mut signed = 0;
    for one in all.collect::<Vec<_>>() {
        signed += usize::from(won(one.await.unwrap()));
    }
    assert_eq!(signed, 1);

    let row = house.begin(&nobody()).await;
    let seen = self::seen(&house, &row).await;
    let edited = Edited { title: "改过的标题".into(), ..Edited::of(&row) };
    let (by, acting) = (nobody(), actor());
    let (signing, editing) = tokio::join!(
        signing::sign(&house.store, (&acting, &by), &outline, &seen),
        drafts::edit(&house.store, (&acting, &by), (row.id, row.version), &edited),
    );
    let (signing, editing) = (won(signing), won(editing));
    assert!(signing != editing, "exactly one of the two: signed {signing}, edited {editing}");
    let row = drafts::find(house.store.reader(), row.id).await.unwrap().unwrap();
    assert_eq!(row.state() == State::Signed, signing);
    assert_eq!(row.version, 2);

    // Of two who save the same version one does, and the other's words are not half there.
    let row = house.begin(&nobody()).await;
    let [one, other] = ["甲改的标题", "乙改的标题"].map(|title| Edited { title: title.into(), ..Edited::of(&row) });
    let (first, second) = tokio::join!(
        drafts::edit(&house.store, (&acting, &by), (row.id, 1), &one),
        drafts::edit(&house.store, (&acting, &by), (row.id, 1), &other),
    );
    let (first, second) = (won(first), won(second));
    assert!(first != second, "exactly one of the two: {first} {second}");
    let row = drafts::find(house.store.reader(), row.id).await.unwrap().unwrap();
    assert_eq!((row.version, row.title.as_str()), (2, if first { "甲改的标题" } else { "乙改的标题" }));

    // Of two corrections of one bulletin, begun and signed at once, one takes its place.
    let old = sign(&house, &house.begin(&nobody()).await).await.unwrap();
    let (first, second) = tokio::join!(
        drafts::correct(&house.store, (&acting, &by), &outline, &old, "更正甲"),
        drafts::correct(&house.store, (&acting, &by), &outline, &old, "更正乙"),
    );
    let corrections: Vec<Bulletin> = [first, second].into_iter().flatten().collect();
    assert!(!corrections.is_empty());
    let mut taken = 0;
    let mut all = Vec::new();
    for draft in &corrections {
        let (store, seen, outline) = (house.store.clone(), self::seen(&house, draft).await, outline.clone());
        all.push(tokio::spawn(async move { signing::sign(&store, (&actor(), &nobody()), &outline, &seen).await }));
    }
    for one in all {
        taken += usize::from(won(one.await.unwrap()));
    }
    assert_eq!(taken, 1, "of {} corrections", corrections.len());
    assert!(store::audit::verify(house.store.reader()).await.unwrap().fault.is_none());
}

/// Whether somebody won a race; whoever lost must be told so, and not by a fault of the database.
#[track_caller]
fn won<T: std::fmt::Debug>(outcome: store::Result<T>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.problem().map(|problem| problem.kind), Some(ProblemKind::Conflict), "{error}");
            false
        }
    }
}

#[tokio::test]
async fn what_is_open_or_has_changed_is_not_signed() {
    let (house, _kept) = House::new().await;
    let outline = house.outline("330200-2024").await;
    let row = house.begin(&nobody()).await;
    let typed = Edited { body: format!("{}\n另有群众活动300场。", row.body), ..Edited::of(&row) };
    let bindings = Bindings::load(house.store.reader(), outline.programme.clone(), row.cut_off, None).await.unwrap();
    let judged = Judged::of(&typed, &bindings);
    assert_eq!(judged.typed.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["300场"]);
    let sourced = Edited {
        body: row.body.clone() + "\n另有群众活动{{外部:300场|市文旅局6月月报}}。",
        ..Edited::of(&row)
    };
    assert!(Judged::of(&sourced, &bindings).is_ready());
    for body in ["{{完成:999}}", "【待补：领导批示】", "{{外部:300场|}}", "{{完成:1"] {
        let open = Edited { body: format!("{}\n{body}", row.body), ..Edited::of(&row) };
        assert!(!Judged::of(&open, &bindings).is_ready(), "{body}");
    }

    drafts::edit(&house.store, (&actor(), &nobody()), (row.id, 1), &typed).await.unwrap();
    let open = Seen { id: row.id, version: 2, digest: String::new() };
    let refused = signing::sign(&house.store, (&actor(), &nobody()), &outline, &open).await;
    assert_eq!(problem(refused).kind, ProblemKind::Invalid);
    drafts::edit(&house.store, (&actor(), &nobody()), (row.id, 2), &sourced).await.unwrap();
    let row = drafts::find(house.store.reader(), row.id).await.unwrap().unwrap();
    let seen = seen(&house, &row).await;
    house.import(&crate::house::SHEET.replace(",1037,", ",1038,")).await;
    let stale = signing::sign(&house.store, (&actor(), &nobody()), &outline, &seen).await;
    assert!(problem(stale).message.zh.contains("又有变化"));
    drafts::drop_draft(&house.store, &actor(), (row.id, row.version)).await.unwrap();
    let gone = signing::sign(&house.store, (&actor(), &nobody()), &outline, &seen).await;
    assert_eq!(problem(gone).kind, ProblemKind::Conflict);
    let nothing = drafts::find(house.store.reader(), Uuid::nil()).await.unwrap();
    assert!(nothing.is_none());
}

/// A year-end text over figures of several days prints each with its own, in sentences and in the table; a day that is
/// wrong for a figure is told.
#[tokio::test]
async fn figures_of_several_days_are_told_with_their_own() {
    let house = House::embedded().await;
    house.import(&crate::house::SHEET.replace(",12.6,2024-06-30", ",12.6,2024-05-31")).await;
    let outline = house.outline("330200-2024").await;
    let bindings =
        Bindings::load(house.store.reader(), outline.programme.clone(), day("2024-06-30"), None).await.unwrap();
    let template = announce::writing::templates::named("year-end").unwrap();
    let draft = announce::writing::compose::compose(template, &bindings, &std::collections::BTreeSet::new());
    let edited = Edited { title: draft.title, body: draft.body, cut_off: day("2024-06-30"), known_on: None };
    let judged = Judged::of(&edited, &bindings);
    let (text, _) = judged.document.text();
    for words in [
        "截至2024年6月30日，新增公共停车泊位1037个",
        "截至2024年5月31日，改造农村公路12.6公里",
        "指标 | 目标 | 完成 | 完成率 | 截至日\n",
        "新增中小学学位 | 1000个 | 850个 | 85.0% | 2024年6月30日\n",
        "改造农村公路 | 40公里 | 12.6公里 | 31.5% | 2024年5月31日\n",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert_eq!((judged.misdated.as_slice(), judged.typed.as_slice()), (&[][..], &[][..]), "{text}");
    let wrong = Edited { body: "{{截至}}，改造农村公路{{完成:3}}。".into(), ..edited };
    let misdated = Judged::of(&wrong, &bindings).misdated;
    let told: Vec<_> = misdated.iter().map(|one| (one.text.as_str(), one.told, one.own)).collect();
    assert_eq!(told, [("12.6公里", day("2024-06-30"), day("2024-05-31"))]);
}

#[tokio::test]
async fn a_count_record_has_room_for_the_votes_and_waits_for_them() {
    let (house, _kept) = House::new().await;
    let outline = house.outline("330200-2024").await;
    let bindings = Bindings::load(house.store.reader(), outline.programme, day("2024-06-30"), None).await.unwrap();
    let template = announce::writing::templates::named("count").unwrap();
    let draft = announce::writing::compose::compose(template, &bindings, &std::collections::BTreeSet::new());
    let edited = Edited { title: draft.title, body: draft.body, cut_off: day("2024-06-30"), known_on: None };
    let judged = Judged::of(&edited, &bindings);
    let (text, _) = judged.document.text();
    assert!(text.contains("序号 | 项目 | 赞成 | 反对 | 弃权 | 结果\n1 | 中小学扩容 |"), "{text}");
    assert!(!judged.is_ready() && judged.document.gaps().iter().any(|gap| gap.contains("填好下表")), "{text}");
    // Votes that are filled in are figures from elsewhere, with their source.
    let filled = Edited {
        body: "| 项目 | 赞成 |\n| 中小学扩容 | {{外部:305票|计票单}} |\n| 城市停车 | 298票 |".into(),
        ..edited
    };
    let judged = Judged::of(&filled, &bindings);
    assert_eq!(judged.typed.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["298票"]);
    let paper = announce::writing::paper::paper(&judged.document, None, false);
    assert!(papers::pdf(&paper, papers::Fonts::embedded()).unwrap().starts_with(b"%PDF"));
}
