//! scratch
#![allow(clippy::print_stdout, clippy::disallowed_methods, missing_docs)]
use minsheng_bulletins::{check, extract, read};
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let name = std::path::Path::new(&path).file_name().unwrap().to_string_lossy().into_owned();
    let start = std::time::Instant::now();
    match read::text(&bytes, &name) {
        Err(e) => println!("{e} ({}) {:?}", e.message_en(), start.elapsed()),
        Ok(text) => {
            println!("read {:?}", start.elapsed());
            let found = extract(&text);
            println!("extract {:?} {}", start.elapsed(), found.len());
            if std::env::args().nth(2).is_some() {
                for f in &found {
                    println!("{}", serde_json::to_string(f).unwrap());
                }
            }
            let judged = check(&text, &found);
            println!("check {:?} {}", start.elapsed(), judged.len());
        }
    }
}
