//! No drawing makes the reader of pdf pages panic: the input is what a page draws, in a file that is sound. An input that
//! begins as a pdf is read as the whole file; where the parser, another project's, panics on it, the reader says that the
//! file is damaged, so only panics of our own count.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: {
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !panic.location().is_some_and(|place| place.file().contains("lopdf")) {
                abort(panic);
            }
        }));
    },
    |bytes: &[u8]| {
        if bytes.starts_with(b"%PDF-") {
            minsheng_fuzz::read_and_judge(bytes, "2024.pdf");
        } else {
            minsheng_fuzz::read_and_judge(&minsheng_fuzz::pdf(bytes), "2024.pdf");
        }
    }
);
