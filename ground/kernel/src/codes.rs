//! One way to write an enumeration whose values are words in tables, files and addresses.

/// Defines an enumeration with a stored code and a name in both languages for each value.
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $code:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word in tables, files and addresses.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Reads the word written by `code`.
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }

            /// Reads a word or its Chinese name, as people write them in sheets.
            pub fn parse_any(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == text || value.name().zh == text)
            }

            /// The name on screens.
            pub fn name(self) -> $crate::Text {
                match self { $(Self::$variant => $crate::Text::new($zh, $en)),+ }
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = <String as $crate::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&code).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|value| value.code()).collect();
                    $crate::serde::de::Error::custom(format!("“{code}” is none of {}", known.join(", ")))
                })
            }
        }
    };
}
