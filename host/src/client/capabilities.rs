//! GetCACaps (RFC 8894 3.5), read with patience.

/// What a server says it can do. Empty for one that says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Capabilities(Vec<String>);

impl Capabilities {
    /// One keyword a line, any line ending, any case; blank lines and unknown words mean nothing.
    pub(super) fn parse(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let words = text.lines().map(|line| line.trim().to_ascii_lowercase());
        let is_word = |word: &String| !word.is_empty() && !word.contains(['<', ' ']);
        Self(words.filter(is_word).collect())
    }

    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|found| found == word)
    }

    fn standard(&self) -> bool {
        self.0.is_empty() || self.has("scepstandard")
    }

    /// Whether messages can be posted. A server that says nothing is old: GET works everywhere.
    pub(super) fn post(&self) -> bool {
        self.has("postpkioperation") || self.has("scepstandard")
    }

    /// Whether RenewalReq is known.
    pub(super) fn renewal(&self) -> bool {
        self.has("renewal")
    }

    /// The engine's name of the best cipher that the server knows.
    pub(super) fn cipher(&self) -> &'static str {
        if self.standard() || self.has("aes") || !self.has("des3") { "aes_128_cbc" } else { "des_ede3_cbc" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_kind() {
        let found = Capabilities::parse(b"postpkioperation\r\n\r\n  AES \nSha-512\nfuture-thing\n");
        assert!(found.post() && !found.renewal());
        assert_eq!(found.cipher(), "aes_128_cbc");
    }

    #[test]
    fn old_server() {
        let found = Capabilities::parse(b"DES3\nSHA-1\nRenewal");
        assert!(!found.post() && found.renewal());
        assert_eq!(found.cipher(), "des_ede3_cbc");
    }

    #[test]
    fn standard_implies_the_rest() {
        let found = Capabilities::parse(b"SCEPStandard");
        assert!(found.post());
        assert_eq!(found.cipher(), "aes_128_cbc");
    }

    #[test]
    fn silence_and_error_pages_say_nothing() {
        for body in [&b""[..], b"\r\n", b"<html><body>Not found</body></html>"] {
            let found = Capabilities::parse(body);
            assert_eq!(found, Capabilities::default());
            assert!(!found.post());
            assert_eq!(found.cipher(), "aes_128_cbc");
        }
    }
}
