//! Names and texts as Python writes them.

use super::model::Kind;
use serde_json::Value;

/// Those of Python 3.14 (`keyword.kwlist`).
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// The widest line of a docstring.
const WIDTH: usize = 116;

/// A field's name as an attribute.
pub(super) fn attribute(name: &str) -> String {
    let name = name.replace('-', "_");
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// `digitalSignature`, `device-identity` and `p256` as members of an enum.
pub(super) fn member(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut name = String::new();
    for (place, letter) in letters.iter().enumerate() {
        let (before, after) = (place.checked_sub(1).map(|place| letters[place]), letters.get(place + 1));
        let begins = match before {
            Some(before) if letter.is_uppercase() => {
                before.is_lowercase() && place > 1
                    || before.is_uppercase() && after.is_some_and(|after| after.is_lowercase())
            }
            _ => false,
        };
        if begins {
            name.push('_');
        }
        name.extend(if letter.is_alphanumeric() { *letter } else { '_' }.to_uppercase());
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("N{name}") } else { name }
}

/// `detached_cms` and `basicConstraints` as part of a class's name.
pub(super) fn pascal(word: &str) -> String {
    member(word)
        .split('_')
        .map(|part| {
            let mut letters = part.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_string() + &letters.as_str().to_lowercase())
        })
        .collect()
}

/// A description without what only JSON needs to be told.
pub(super) fn told(description: &str, kind: &Kind) -> String {
    let words: &[(&str, &str)] = match kind {
        Kind::Nullable(inner) => return told(description, inner),
        Kind::List(item) if **item == Kind::File => return told(description, item),
        Kind::Time => &[
            (", Unix seconds", ""),
            ("; Unix seconds", ""),
            (": Unix seconds", ""),
            ("Unix seconds", "The time"),
        ],
        Kind::Milliseconds => &[("Unix milliseconds", "The time, to the millisecond")],
        Kind::Span => &[(", in seconds", ""), (" in seconds", "")],
        Kind::File => &[(" in base64 or base64url", " as bytes"), (" in base64url", " as bytes")],
        _ => &[
            (" (Unix seconds)", ""),
            (": Unix seconds", ""),
            (", Unix seconds", ""),
            (", the times are Unix seconds", ""),
        ],
    };
    words.iter().fold(description.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// A JSON scalar, or an empty list.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Array(_) => "()".to_owned(),
        other => other.to_string(),
    }
}

/// A docstring, at a depth of indentation.
pub(super) fn docstring(text: &str, indent: &str) -> String {
    let text = wrapped(text, indent, indent);
    let text = text.trim_start();
    let body = escaped(text);
    let end = if body.contains('\n') { format!("\n{indent}") } else { String::new() };
    // A quote before the closing ones would end them early.
    let body = if end.is_empty() && body.ends_with('"') { format!("{body} ") } else { body };
    format!("{indent}\"\"\"{body}{end}\"\"\"\n")
}

/// The docstring of a class with those of its attributes that have a description: `help` reads nothing else, and editors
/// read what stands below an attribute.
pub(super) fn with_attributes<'a>(text: &str, attributes: impl Iterator<Item = (String, &'a str)>) -> String {
    let about: String = attributes
        .filter(|(_, description)| !description.is_empty())
        .map(|(name, description)| {
            wrapped(&format!("{name}: {description}"), "        ", "            ") + "\n"
        })
        .collect();
    if about.is_empty() {
        return docstring(text, "    ");
    }
    let text = wrapped(text, "    ", "    ");
    let whole = escaped(&format!("{}\n\n    Attributes:\n{about}", text.trim_start()));
    format!("    \"\"\"{whole}    \"\"\"\n")
}

/// A text that ends no docstring, and in which a backslash is one.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace("\"\"\"", "'''")
}

/// Paragraphs in lines, the first of each with its own indentation.
pub(super) fn wrapped(text: &str, first: &str, rest: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let mut line = first.to_owned();
        for word in paragraph.split_whitespace() {
            if line.chars().count() + word.chars().count() >= WIDTH && !line.trim().is_empty() {
                lines.push(line.trim_end().to_owned());
                line = rest.to_owned();
            }
            line += word;
            line.push(' ');
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_pythons() {
        for (word, wanted) in [
            ("digitalSignature", "DIGITAL_SIGNATURE"),
            ("cRLSign", "CRL_SIGN"),
            ("keyCertSign", "KEY_CERT_SIGN"),
            ("sha-256", "SHA_256"),
            ("p256", "P256"),
            ("RS256", "RS256"),
            ("3des", "N3DES"),
        ] {
            assert_eq!(member(word), wanted);
        }
        assert_eq!(pascal("detached_cms"), "DetachedCms");
        assert_eq!(pascal("basicConstraints"), "BasicConstraints");
        assert_eq!(attribute("from"), "from_");
        assert_eq!(attribute("lambda"), "lambda_");
        assert_eq!(attribute("sha-256"), "sha_256");
    }

    #[test]
    fn a_docstring_does_not_end_early() {
        assert_eq!(docstring("say \"\"\"x\"\"\" \\ \"y\"", "  "), "  \"\"\"say '''x''' \\\\ \"y\" \"\"\"\n");
    }
}
