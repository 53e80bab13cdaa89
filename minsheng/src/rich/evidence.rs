//! The papers that the bodies of the generated year hand in: one page that says that it is none.

use std::path::Path;

use anyhow::Result;
use files::{Files, Kept, Limits};

/// Hands in a paper under this name.
///
/// # Errors
/// When the file cannot be written or kept.
pub(super) async fn paper(files: &Files, folder: &Path, name: &str) -> Result<Kept> {
    let path = folder.join(format!("demo-paper-{}.pdf", std::process::id()));
    std::fs::create_dir_all(folder)?;
    std::fs::write(&path, page("Demo data: no such paper was ever handed in."))?;
    let kept = files.keep(&path, name, &Limits::default()).await;
    std::fs::remove_file(&path)?;
    Ok(kept?)
}

/// A PDF of one page with one line, which has to be plain ASCII without parentheses.
fn page(line: &str) -> Vec<u8> {
    let text = format!("BT /F1 16 Tf 72 740 Td ({line}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut places = Vec::with_capacity(objects.len());
    for (number, object) in (1..).zip(&objects) {
        places.push(pdf.len());
        pdf += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let start = pdf.len();
    pdf += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        pdf += &format!("{place:010} 00000 n \n");
    }
    pdf += &format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    pdf.into_bytes()
}
