//! Name constraints (RFC 5280 4.2.1.10): which names a certificate below an issuer may have.

use alloc::{string::String, vec::Vec};

use const_oid::db::rfc3280;
use der::{ErrorKind, Tag, asn1::AnyRef};

use super::{
    budget::Budget,
    element::{Elements, number},
    general_name::{Form, GeneralName, SMTP_UTF8_MAILBOX},
    node::Node,
    policy::Rules,
};
use crate::{
    distinguished_name,
    error::{Error, ErrorCode},
};

/// The subtrees of one certificate or anchor.
pub(super) struct NameConstraints<'a> {
    permitted: Vec<GeneralName<'a>>,
    excluded: Vec<GeneralName<'a>>,
}

impl<'a> NameConstraints<'a> {
    /// Reads the extension: subtrees without minimum and maximum, and at least one of them.
    pub(super) fn read(der: &'a [u8]) -> der::Result<Self> {
        let mut fields = Elements::of_sequence(der)?;
        let permitted = fields.context(0)?.map(subtrees).transpose()?;
        let excluded = fields.context(1)?.map(subtrees).transpose()?;
        fields.finish()?;
        if permitted.is_none() && excluded.is_none() {
            return Err(ErrorKind::Length { tag: Tag::Sequence }.into());
        }
        Ok(Self { permitted: permitted.unwrap_or_default(), excluded: excluded.unwrap_or_default() })
    }

    /// What is wrong with a name, if anything (RFC 5280 6.1.3 b and c).
    fn violation(&self, name: &Presented<'a>, rules: Rules) -> Option<String> {
        let excluded = self.excluded.iter().filter(|base| name.is_constrained_by(base.form()));
        for base in excluded {
            match name.may_be_within(base, rules) {
                Ok(false) => {}
                Ok(true) => {
                    return Some(alloc::format!("{} is in the excluded {}", name.text(), base.text()));
                }
                Err(wrong) => return Some(alloc::format!("{}: {wrong}", name.text())),
            }
        }
        let mut permitted =
            self.permitted.iter().filter(|base| name.is_constrained_by(base.form())).peekable();
        permitted.peek()?;
        // Each is looked at, whichever stands first.
        let mut is_permitted = false;
        for base in permitted {
            match name.is_within(base, rules) {
                Ok(is_within) => is_permitted |= is_within,
                Err(wrong) => return Some(alloc::format!("{}: {wrong}", name.text())),
            }
        }
        (!is_permitted).then(|| alloc::format!("{} is in none of the permitted names", name.text()))
    }

    fn len(&self) -> usize {
        self.permitted.len().saturating_add(self.excluded.len())
    }
}

/// A name of a certificate: an alternative name, its subject, or an email address in the subject.
enum Presented<'a> {
    Name(GeneralName<'a>),
    SubjectEmail(String),
}

impl Presented<'_> {
    fn is_constrained_by(&self, form: Form) -> bool {
        match self {
            // An internationalized mailbox is under the constraints of mailboxes, too (RFC 9598 section 6).
            Self::Name(GeneralName::Other(type_id, _)) if *type_id == SMTP_UTF8_MAILBOX => {
                matches!(form, Form::Rfc822 | Form::Other)
            }
            Self::Name(name) => name.form() == form,
            Self::SubjectEmail(_) => form == Form::Rfc822,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Name(GeneralName::Directory(_)) => "the subject or another directory name".into(),
            Self::Name(name) => name.text(),
            Self::SubjectEmail(address) => alloc::format!("email:{address} in the subject"),
        }
    }

    /// Whether all that the name stands for is in the subtree.
    fn is_within(&self, base: &GeneralName<'_>, rules: Rules) -> Result<bool, &'static str> {
        match (self, base) {
            (Self::Name(GeneralName::Dns(name)), GeneralName::Dns(base)) => {
                let base = dns_base(base, rules)?;
                let (name, is_wildcard) = dns_name(name)?;
                // A wildcard does not stand for its domain itself.
                Ok(base.holds(name, is_wildcard))
            }
            _ => self.compare(base),
        }
    }

    /// Whether anything that the name stands for is in the subtree: a wildcard stands for every host of its domain.
    fn may_be_within(&self, base: &GeneralName<'_>, rules: Rules) -> Result<bool, &'static str> {
        match (self, base) {
            (Self::Name(GeneralName::Dns(name)), GeneralName::Dns(base)) => {
                let base = dns_base(base, rules)?;
                let (name, is_wildcard) = dns_name(name)?;
                Ok(base.holds(name, true) || (is_wildcard && base.is_child_of(name)))
            }
            _ => self.compare(base),
        }
    }

    fn compare(&self, base: &GeneralName<'_>) -> Result<bool, &'static str> {
        match (self, base) {
            (Self::Name(GeneralName::Rfc822(name)), GeneralName::Rfc822(base)) => mailbox_within(name, base),
            (Self::SubjectEmail(name), GeneralName::Rfc822(base)) => mailbox_within(name, base),
            (Self::Name(GeneralName::Uri(name)), GeneralName::Uri(base)) => uri_within(name, base),
            (Self::Name(GeneralName::Ip(address)), GeneralName::Ip(base)) => ip_within(address, base),
            (Self::Name(GeneralName::Directory(name)), GeneralName::Directory(base)) => {
                Ok(name.is_within(base))
            }
            // The rest has no rules, and must be refused then (RFC 5280 4.2.1.10).
            _ => Err("names of this form cannot be compared with constraints, and there is one"),
        }
    }
}

/// Checks the names of a certificate against all constraints above it (RFC 5280 6.1.3 b and c).
///
/// # Errors
/// `PathNameConstraintViolated`, `PathBudgetExhausted`.
pub(super) fn check(
    node: &Node<'_>,
    constraints: &[&NameConstraints<'_>],
    rules: Rules,
    budget: &Budget,
) -> Result<(), Error> {
    if constraints.is_empty() {
        return Ok(());
    }
    let names = presented(node)?;
    let subtrees = constraints.iter().fold(0_usize, |sum, own| sum.saturating_add(own.len()));
    budget.comparisons(names.len().saturating_mul(subtrees)).map_err(|error| error.at(node.origin))?;
    for own in constraints {
        if let Some(wrong) = names.iter().find_map(|name| own.violation(name, rules)) {
            return Err(node.failure(
                ErrorCode::PathNameConstraintViolated,
                format_args!("{wrong} (RFC 5280 4.2.1.10)"),
            ));
        }
    }
    Ok(())
}

/// The subject unless it is empty, the addresses in it, and the alternative names. RFC 5280 lets the addresses go where
/// there are alternative names; they would be a way around the constraints, since they are read all the same.
fn presented<'n>(node: &'n Node<'_>) -> Result<Vec<Presented<'n>>, Error> {
    let mut names = Vec::new();
    if !node.subject.is_empty() {
        names.push(Presented::Name(GeneralName::Directory(node.subject.clone())));
    }
    let addresses = distinguished_name::values(node.certificate.subject(), rfc3280::EMAIL_ADDRESS);
    names.extend(addresses.into_iter().map(Presented::SubjectEmail));
    let own = node.extensions()?.alternative_names.iter().flatten();
    names.extend(own.cloned().map(Presented::Name));
    Ok(names)
}

fn subtrees(tagged: AnyRef<'_>) -> der::Result<Vec<GeneralName<'_>>> {
    let subtrees = Elements::of_content(tagged.value())?.map(|subtree| {
        let mut fields = Elements::of(subtree?, Tag::Sequence)?;
        let base = GeneralName::read(fields.required()?)?;
        let minimum = fields.context(0)?.map(number).transpose()?;
        // The minimum must be zero, and there must be no maximum (RFC 5280 4.2.1.10).
        if minimum.is_some_and(|minimum| minimum != 0) {
            return Err(ErrorKind::Value { tag: Tag::Integer }.into());
        }
        fields.finish()?;
        Ok(base)
    });
    let subtrees: Vec<_> = subtrees.collect::<der::Result<_>>()?;
    match subtrees.is_empty() {
        true => Err(ErrorKind::Length { tag: Tag::Sequence }.into()),
        false => Ok(subtrees),
    }
}

/// A constraint on host names.
struct DnsBase<'a> {
    domain: &'a str,
    /// It began with a period, which RFC 5280 does not allow and others write for what is below the domain.
    below_only: bool,
}

impl DnsBase<'_> {
    /// Whether `name` is the domain or below it; `wide` counts the domain itself where it is unclear.
    fn holds(&self, name: &str, wide: bool) -> bool {
        if self.domain.is_empty() {
            return true;
        }
        let is_same = name.eq_ignore_ascii_case(self.domain) && (wide || !self.below_only);
        is_same || is_below(name, self.domain)
    }

    /// Whether it is one label below `parent`.
    fn is_child_of(&self, parent: &str) -> bool {
        self.domain.split_once('.').is_some_and(|(_, above)| above.eq_ignore_ascii_case(parent))
    }
}

fn dns_base(base: &str, rules: Rules) -> Result<DnsBase<'_>, &'static str> {
    let below = base.strip_prefix('.').filter(|_| rules == Rules::Path);
    let domain = below.unwrap_or(base);
    match domain.is_empty() || is_host(domain) {
        true => Ok(DnsBase { domain, below_only: below.is_some() }),
        false => Err("found a constraint that is no host name, wanted one such as example.com"),
    }
}

/// A name without its wildcard, and whether it had one.
fn dns_name(name: &str) -> Result<(&str, bool), &'static str> {
    let domain = name.strip_prefix("*.");
    match is_host(domain.unwrap_or(name)) {
        true => Ok((domain.unwrap_or(name), domain.is_some())),
        false => Err("found a constrained name that is no host name"),
    }
}

/// Labels of letters, digits, hyphens and underscores.
fn is_host(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

fn is_below(name: &str, domain: &str) -> bool {
    let start = name.len().checked_sub(domain.len());
    let split = start.and_then(|start| name.split_at_checked(start));
    split.is_some_and(|(above, end)| {
        above.len() > 1 && above.ends_with('.') && end.eq_ignore_ascii_case(domain)
    })
}

/// A mailbox, all mailboxes of a host, or those of the hosts of a domain.
fn mailbox_within(name: &str, base: &str) -> Result<bool, &'static str> {
    let (local, host) = mailbox(name).ok_or("found a constrained name that is no mailbox")?;
    if base.contains('@') {
        let (wanted, domain) = mailbox(base).ok_or("found a constraint that is no mailbox")?;
        return Ok(local == wanted && host.eq_ignore_ascii_case(domain));
    }
    host_within(host, base)
}

/// The local part, which tells case apart, and the host.
fn mailbox(address: &str) -> Option<(&str, &str)> {
    let (local, host) = address.split_once('@')?;
    (!local.is_empty() && is_host(host)).then_some((local, host))
}

/// A host itself, or with a leading period the hosts below a domain.
fn host_within(host: &str, base: &str) -> Result<bool, &'static str> {
    let below = base.strip_prefix('.');
    if !is_host(below.unwrap_or(base)) {
        return Err("found a constraint that is neither a host nor a domain with a leading period");
    }
    Ok(below.map_or_else(|| host.eq_ignore_ascii_case(base), |domain| is_below(host, domain)))
}

/// The host in the authority of a URI; one without is refused (RFC 5280 4.2.1.10).
fn uri_within(name: &str, base: &str) -> Result<bool, &'static str> {
    let host = uri_host(name).ok_or("found a constrained URI without the name of a host")?;
    host_within(host, base)
}

fn uri_host(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once(':')?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet));
    // Some read a backslash as a slash, and another host then.
    if !is_scheme || uri.contains('\\') {
        return None;
    }
    let authority = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let is_address = host.parse::<core::net::IpAddr>().is_ok() || host.starts_with('[');
    (is_host(host) && !is_address).then_some(host)
}

/// Address and mask of the same length; the mask has its ones first (RFC 4632).
fn ip_within(address: &[u8], base: &[u8]) -> Result<bool, &'static str> {
    if !matches!(address.len(), 4 | 16) {
        return Err("found a constrained name that is no IP address");
    }
    let (network, mask) = match base.len() {
        8 => base.split_at_checked(4),
        32 => base.split_at_checked(16),
        _ => None,
    }
    .ok_or("found a constraint that is no address with a mask")?;
    let ones = mask.iter().take_while(|octet| **octet == 0xff).count();
    let rest = mask.get(ones..).unwrap_or_default();
    let is_prefix = rest.split_first().is_none_or(|(first, after)| {
        first.leading_ones().saturating_add(first.trailing_zeros()) == 8
            && after.iter().all(|octet| *octet == 0)
    });
    if !is_prefix {
        return Err("found a constraint whose mask is none");
    }
    let masked = address.iter().zip(network).zip(mask).all(|((one, other), mask)| one & mask == other & mask);
    Ok(address.len() == network.len() && masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dns(name: &str, base: &str, rules: Rules) -> (Result<bool, &'static str>, Result<bool, &'static str>) {
        let presented = Presented::Name(GeneralName::Dns(name));
        let base = GeneralName::Dns(base);
        (presented.is_within(&base, rules), presented.may_be_within(&base, rules))
    }

    #[test]
    fn host_names_are_below_their_domain() {
        for (name, base, within, may) in [
            ("example.com", "example.com", true, true),
            ("A.example.COM", "example.com", true, true),
            ("a.b.example.com", "example.com", true, true),
            ("notexample.com", "example.com", false, false),
            ("example.com", "a.example.com", false, false),
            ("anything.test", "", true, true),
            ("*.example.com", "example.com", true, true),
            ("*.example.com", "a.example.com", false, true),
            ("*.example.com", "b.a.example.com", false, false),
            ("*.a.example.com", "example.com", true, true),
        ] {
            assert_eq!(dns(name, base, Rules::Rfc5280), (Ok(within), Ok(may)), "{name} {base}");
        }
        for (name, base) in
            [(".example.com", "example.com"), ("a b", "example.com"), ("x.com", ".com"), ("x.com", "*.com")]
        {
            let (within, may) = dns(name, base, Rules::Rfc5280);
            assert!(within.is_err() && may.is_err(), "{name} {base}");
        }
        assert_eq!(dns("a.example.com", ".example.com", Rules::Path), (Ok(true), Ok(true)));
        assert_eq!(
            dns("example.com", ".example.com", Rules::Path),
            (Ok(false), Ok(true)),
            "the careful reading"
        );
        assert_eq!(dns("*.example.com", ".example.com", Rules::Path), (Ok(true), Ok(true)));
        assert_eq!(dns("*.com", ".example.com", Rules::Path), (Ok(false), Ok(true)));
    }

    #[test]
    fn what_is_no_constraint_is_refused_wherever_it_stands() {
        let violation = |permitted: [&'static str; 2]| {
            let permitted = permitted.into_iter().map(GeneralName::Dns).collect();
            let constraints = NameConstraints { permitted, excluded: Vec::new() };
            constraints.violation(&Presented::Name(GeneralName::Dns("a.example.com")), Rules::Rfc5280)
        };
        assert_eq!(violation(["example.com", "other.test"]), None);
        for permitted in [["example.com", "*.example.com"], ["*.example.com", "example.com"]] {
            assert!(
                violation(permitted).is_some_and(|wrong| wrong.contains("no host name")),
                "{permitted:?}"
            );
        }
    }

    #[test]
    fn mailboxes_are_of_a_host_or_a_domain() {
        for (name, base, within) in [
            ("a@example.com", "example.com", true),
            ("a@EXAMPLE.com", "example.com", true),
            ("a@b.example.com", "example.com", false),
            ("a@b.example.com", ".example.com", true),
            ("a@example.com", ".example.com", false),
            ("a@example.com", "a@example.com", true),
            ("A@example.com", "a@example.com", false),
            ("*@example.com", "*@example.com", true),
            ("user@example.com", "*@example.com", false),
        ] {
            assert_eq!(mailbox_within(name, base), Ok(within), "{name} {base}");
        }
        for (name, base) in
            [("a@b@example.com", "example.com"), ("a", "example.com"), ("a@b.c", "x@y@z"), ("a@b.c", "")]
        {
            assert!(mailbox_within(name, base).is_err(), "{name} {base}");
        }
    }

    #[test]
    fn uris_are_known_by_their_host() {
        for (name, base, within) in [
            ("https://a.example.com/x", "a.example.com", true),
            ("https://u@a.example.com:8443?x", ".example.com", true),
            ("https://example.com", ".example.com", false),
        ] {
            assert_eq!(uri_within(name, base), Ok(within), "{name} {base}");
        }
        for name in [
            "urn:x:1",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https:///x",
            "urn:x://example.com/",
            "mailto:a?b://example.com",
            "//evil.test/?x://example.com/",
            "evil/x://example.com/",
            "https://evil.test\\@example.com/",
        ] {
            assert!(uri_within(name, "example.com").is_err(), "{name}");
        }
    }

    #[test]
    fn a_mailbox_beyond_ascii_is_under_the_constraints_of_mailboxes_and_of_other_names() {
        let text = AnyRef::new(Tag::Utf8String, "\u{fc}@example.com".as_bytes()).unwrap();
        let of = |type_id| Presented::Name(GeneralName::Other(type_id, text));
        let other = || GeneralName::Other(SMTP_UTF8_MAILBOX, text);
        for base in [other(), GeneralName::Rfc822("example.com")] {
            for (permitted, excluded) in
                [(alloc::vec![base.clone()], Vec::new()), (Vec::new(), alloc::vec![base])]
            {
                let constraints = NameConstraints { permitted, excluded };
                assert!(constraints.violation(&of(SMTP_UTF8_MAILBOX), Rules::Rfc5280).is_some());
            }
        }
        let hosts = NameConstraints { permitted: alloc::vec![GeneralName::Dns("x")], excluded: Vec::new() };
        assert_eq!(hosts.violation(&of(SMTP_UTF8_MAILBOX), Rules::Rfc5280), None);
        let mailboxes =
            NameConstraints { permitted: alloc::vec![GeneralName::Rfc822("x")], excluded: Vec::new() };
        assert_eq!(mailboxes.violation(&of(super::super::general_name::UPN), Rules::Rfc5280), None);
    }

    #[test]
    fn addresses_are_in_a_network() {
        let network = [192, 0, 2, 0, 255, 255, 254, 0];
        assert_eq!(ip_within(&[192, 0, 3, 9], &network), Ok(true));
        assert_eq!(ip_within(&[192, 0, 4, 9], &network), Ok(false));
        assert_eq!(ip_within(&[0; 16], &network), Ok(false), "the other family");
        for (address, base) in [
            (&[1, 2, 3, 4][..], &[1, 2, 3, 4][..]),
            (&[1, 2, 3, 4], &[1, 2, 3, 4, 255, 0, 255, 0]),
            (&[1, 2, 3, 4, 0, 0, 0, 0], &network),
        ] {
            assert!(ip_within(address, base).is_err(), "{address:?} {base:?}");
        }
    }

    #[test]
    fn subtrees_have_no_minimum_and_no_maximum() {
        let read = |bytes: &[u8]| NameConstraints::read(bytes).map(|own| own.len());
        assert_eq!(read(b"\x30\x07\xa0\x05\x30\x03\x82\x01a"), Ok(1));
        for wrong in [
            &b"\x30\x00"[..],
            b"\x30\x02\xa0\x00",
            b"\x30\x0a\xa0\x08\x30\x06\x82\x01a\x80\x01\x01",
            b"\x30\x0a\xa0\x08\x30\x06\x82\x01a\x81\x01\x00",
            b"\x30\x02\x05\x00",
        ] {
            assert!(read(wrong).is_err(), "{wrong:02x?}");
        }
    }
}
