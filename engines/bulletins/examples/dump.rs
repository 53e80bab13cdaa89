//! Prints what is found in a file.
use minsheng_bulletins::{Text, extract};
fn main() {
    let path = std::env::args().nth(1).expect("a file");
    let text = Text::new(path.clone(), std::fs::read_to_string(path).expect("text"));
    for (i, f) in extract(&text).iter().enumerate() {
        println!(
            "{i} {} | {} {} {} | {:?} {:?} {:?} | {:?} {:?} {:?} | {:?}",
            f.indicator,
            f.value,
            f.raw,
            f.unit,
            f.qualifier,
            f.kind,
            f.flow,
            f.as_of.map(|d| d.to_string()),
            f.parent,
            f.relation,
            f.place
        );
    }
}
