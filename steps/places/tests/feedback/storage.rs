//! Feedback and notes on SQLite and on PostgreSQL.

use kernel::Problem;
use places::feedback::store::{self as feedbacks, Doing, New, Scope, Shelf};
use places::feedback::tables::feedback::Model as Feedback;
use places::feedback::words::{Act, Kind, Level, Sight, State, Verdict};
use places::notes::store::{self as notes, NewNote};
use uuid::Uuid;

use crate::house::{House, actor, places};
use crate::sites::{Ground, ground};

databases::on_both!(
    a_problem_goes_to_the_body_that_leads_and_comes_back_once,
    without_a_lead_the_office_assigns,
    ratings_are_counted_by_level,
    of_two_who_act_at_once_one_is_told,
    a_note_arrives_once_however_often_it_is_sent,
);

fn problem(words: &str) -> New {
    New {
        kind: Kind::Problem,
        level: None,
        words: words.into(),
        proven: true,
        receipt: Uuid::now_v7().simple().to_string(),
    }
}

async fn say(house: &House, ground: &Ground, new: &New) -> Feedback {
    let mut tx = house.store.begin(&actor()).await.unwrap();
    let row = feedbacks::receive(&mut tx, &ground.site, house.store.clock().today(), new).await.unwrap();
    tx.commit().await.unwrap();
    row
}

async fn act(house: &House, row: &Feedback, act: Act, doing: Doing) -> store::Result<Feedback> {
    let mut tx = house.store.begin(&actor()).await?;
    let row = feedbacks::act(&mut tx, row, act, &doing).await?;
    tx.commit().await?;
    Ok(row)
}

fn words(words: &str) -> Doing {
    Doing { words: words.into(), ..Doing::default() }
}

fn refused<T: std::fmt::Debug>(outcome: store::Result<T>) -> Problem {
    outcome.unwrap_err().problem().unwrap().clone()
}

async fn sound(house: &House) {
    assert!(store::audit::verify(house.store.reader()).await.unwrap().fault.is_none());
}

async fn a_problem_goes_to_the_body_that_leads_and_comes_back_once(url: &str) {
    let house = House::on(url).await;
    let ground = ground(&house, true).await;
    let new = problem("路灯不亮");
    let row = say(&house, &ground, &new).await;
    // Friday, 28 June 2024, and five working days.
    assert_eq!((row.state(), row.organisation_id), (State::Assigned, Some(ground.body)));
    assert_eq!(row.due_on, Some("2024-07-05".parse().unwrap()));
    assert_eq!(row.sight(), Sight::Held, "nobody has looked at the words");

    let refusal = refused(act(&house, &row, Act::Answer, words(" ")).await);
    assert_eq!(refusal.places[0].at.en, "words");
    let row = act(&house, &row, Act::Answer, words("已更换灯泡")).await.unwrap();
    assert_eq!(row.state(), State::Answered);
    let rate = |verdict| Doing { verdict: Some(verdict), words: "还是不亮".into(), ..Doing::default() };
    let row = act(&house, &row, Act::Rate, rate(Verdict::Dissatisfied)).await.unwrap();
    assert_eq!((row.state(), row.reopened), (State::Reopened, true));
    let row = act(&house, &row, Act::Answer, words("线路已修复")).await.unwrap();
    let row = act(&house, &row, Act::Rate, rate(Verdict::Dissatisfied)).await.unwrap();
    assert_eq!(row.state(), State::Closed, "twice is enough: the rating stands");

    let on = house.store.reader();
    let typed: String = new.receipt.chars().flat_map(|letter| [letter, ' ']).collect();
    let found = feedbacks::with_receipt(on, &typed).await.unwrap().unwrap();
    assert_eq!(found.id, row.id, "blanks in a receipt do not matter");
    let told: Vec<_> = feedbacks::acts_of(on, &[row.id]).await.unwrap().iter().map(|act| act.act()).collect();
    assert_eq!(told, [Act::Receive, Act::Assign, Act::Answer, Act::Rate, Act::Answer, Act::Rate]);
    sound(&house).await;
}

async fn without_a_lead_the_office_assigns(url: &str) {
    let house = House::on(url).await;
    let ground = ground(&house, false).await;
    let row = say(&house, &ground, &problem("座椅松动")).await;
    assert_eq!((row.state(), row.organisation_id), (State::Received, None));
    let (on, today) = (house.store.reader(), house.store.clock().today());
    let ninghai = Scope { regions: vec![(ground.site.region, ground.site.region)], bodies: vec![] };
    let count = |shelf| feedbacks::count(on, &ninghai, shelf, today);
    assert_eq!((count(Shelf::Unassigned).await.unwrap(), count(Shelf::Overdue).await.unwrap()), (1, 0));

    let due_on = Some("2024-06-27".parse().unwrap());
    let given =
        Doing { body: Some((ground.body, "宁海县综合行政执法局".into())), due_on, ..Doing::default() };
    let row = act(&house, &row, Act::Assign, given).await.unwrap();
    assert_eq!((row.state(), row.due_on), (State::Assigned, due_on));
    assert_eq!((count(Shelf::Unassigned).await.unwrap(), count(Shelf::Overdue).await.unwrap()), (0, 1));
    let own = Scope { regions: vec![], bodies: vec![ground.body] };
    assert_eq!(feedbacks::by_age(on, &own, (Shelf::All, today), None, 10).await.unwrap().len(), 1);
    let elsewhere = Scope { regions: vec![(1, 2)], bodies: vec![Uuid::now_v7()] };
    assert_eq!(feedbacks::count(on, &elsewhere, Shelf::All, today).await.unwrap(), 0);
}

async fn ratings_are_counted_by_level(url: &str) {
    let house = House::on(url).await;
    let ground = ground(&house, true).await;
    for level in [Level::VerySatisfied, Level::VerySatisfied, Level::Fair] {
        let new = New { kind: Kind::Remark, level: Some(level), ..problem("") };
        let row = say(&house, &ground, &new).await;
        assert_eq!(
            (row.state(), row.sight()),
            (State::Noted, Sight::Shown),
            "without words there is nothing to look at"
        );
    }
    let on = house.store.reader();
    let ratings = feedbacks::ratings_of(on, ground.site.id).await.unwrap();
    assert_eq!(ratings.counts, [0, 0, 1, 0, 2]);
    let by_site = feedbacks::ratings_by_site(on, ground.site.programme_id, ground.site.region()).await.unwrap();
    assert_eq!(by_site, [(ground.site.id, ratings)]);
    assert_eq!(feedbacks::shown_of(on, ground.site.id, 10).await.unwrap(), []);
    let traffic = feedbacks::traffic(on, ground.site.id, 0).await.unwrap();
    assert_eq!((traffic.proven, traffic.unproven), (3, 0));
}

/// Held by the version in the guarded update of `feedback`; without it both answers would be written.
async fn of_two_who_act_at_once_one_is_told(url: &str) {
    let house = House::on(url).await;
    let ground = ground(&house, true).await;
    let row = say(&house, &ground, &problem("积水")).await;
    let (one, two) =
        tokio::join!(act(&house, &row, Act::Answer, words("甲")), act(&house, &row, Act::Answer, words("乙")));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    let told = refused(one.and(two));
    assert_eq!(told.kind, kernel::ProblemKind::Conflict);
    let acts = feedbacks::acts_of(house.store.reader(), &[row.id]).await.unwrap();
    assert_eq!(acts.iter().filter(|line| line.act() == Act::Answer).count(), 1);
    sound(&house).await;
}

/// Held by the primary key that the device made: the answer to the first sending may have been lost on the way.
async fn a_note_arrives_once_however_often_it_is_sent(url: &str) {
    let house = House::on(url).await;
    let ground = ground(&house, true).await;
    let note =
        NewNote {
            id: Uuid::now_v7(), words: "基础已浇筑".into(), written_ms: 1_719_500_000_000, evidence: vec![]
        };
    let inspector = actor();
    let send = || notes::write(&house.store, &inspector, "督查甲", &ground.site, &note);
    let (one, two) = tokio::join!(send(), send());
    assert_eq!([one.unwrap(), two.unwrap()].iter().filter(|fresh| **fresh).count(), 1);
    assert!(!send().await.unwrap());
    let all = notes::of_site(house.store.reader(), ground.site.id).await.unwrap();
    assert_eq!(all.iter().map(|row| row.words.as_str()).collect::<Vec<_>>(), ["基础已浇筑"]);
    let empty = NewNote { id: Uuid::now_v7(), words: " ".into(), ..note.clone() };
    let refusal = refused(notes::write(&house.store, &actor(), "督查甲", &ground.site, &empty).await);
    assert_eq!(refusal.places[0].at.en, "words");
    sound(&house).await;
}
