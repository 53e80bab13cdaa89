//! 天地图, the state's own map service, as the ground of maps where the operator has a key for it. Without a key no page asks
//! another host for anything.

use std::fmt;

use kernel::Problem;

/// Where its tiles come from: one of its eight hosts, so that the content security policy has to name one only.
pub const HOST: &str = "https://t0.tianditu.gov.cn";

/// A key for 天地图. Browsers need it, so it stands in the pages with a map; it is no secret towards visitors and is bound to
/// the site's domain on 天地图's side.
#[derive(Clone, PartialEq, Eq)]
pub struct Tianditu {
    key: String,
}

impl fmt::Debug for Tianditu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tianditu(…)")
    }
}

impl Tianditu {
    /// Takes the key; none where nothing is written.
    ///
    /// # Errors
    /// When it is something else than letters and digits: it goes into addresses.
    pub fn read(key: &str) -> Result<Option<Self>, Problem> {
        let key = key.trim();
        if key.is_empty() {
            return Ok(None);
        }
        if key.len() > 64 || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Problem::field(
                "tianditu_key",
                "天地图密钥只能是字母和数字，最多 64 个",
                "a key of Tianditu is made of letters and digits, at most 64",
            ));
        }
        Ok(Some(Self { key: key.to_owned() }))
    }

    /// Addresses of the tiles: the map, and the names on it, for the language of the page.
    pub fn tiles(&self, lang: kernel::Lang) -> [String; 2] {
        let layer = |name: &str| {
            format!(
                "{HOST}/{name}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={name}&STYLE=default&TILEMATRIXSET=w\
                 &FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={}",
                self.key
            )
        };
        [layer("vec"), layer(lang.t("cva", "eva"))]
    }
}

#[cfg(test)]
mod tests {
    use kernel::Lang;

    use super::*;

    #[test]
    fn a_key_goes_into_addresses_and_nowhere_else() {
        assert_eq!(Tianditu::read("  "), Ok(None));
        assert!(Tianditu::read("a&b").is_err() && Tianditu::read(&"a".repeat(65)).is_err());
        let key = Tianditu::read("0123456789abcdef").expect("a key").expect("one");
        assert!(!format!("{key:?}").contains("0123"));
        let [map, names] = key.tiles(Lang::Zh);
        assert!(map.starts_with("https://t0.tianditu.gov.cn/vec_w/wmts?") && map.ends_with("&tk=0123456789abcdef"));
        assert!(names.contains("LAYER=cva&") && names.contains("TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"));
        assert!(key.tiles(Lang::En)[1].contains("LAYER=eva&"));
    }
}
