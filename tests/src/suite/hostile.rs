//! Requests that cost much more than they look, if a verifier lets them: each was answered in 10 to 60 seconds once.

use anyhow::Result;

use super::Question;
use super::minted::{self, Key, NOW, Template, extension};
use crate::forgery::{SEQUENCE, element};

/// Intermediates that are their own issuers, and say so by their signature alone.
const SELF_SIGNED: usize = 300;
/// Alternative names of each authority.
const NAMES: usize = 20_000;
/// Distribution points, and lists; and names of each list's point.
const POINTS: usize = 256;
const POINT_NAMES: usize = 200;

/// What is asked, and the same octets in a question that there is next to nothing to do about.
pub struct Hostile {
    /// In a few words.
    pub name: &'static str,
    /// With much to do.
    pub question: Question,
    /// With nothing to do but to read.
    pub idle: Question,
}

/// All of them.
///
/// # Errors
/// If they cannot be made.
pub fn all() -> Result<[Hostile; 3]> {
    Ok([self_signed()?, lattice()?, points()?])
}

/// One server below one anchor: what a verification costs that is nothing but one.
///
/// # Errors
/// If it cannot be made.
pub fn honest() -> Result<Question> {
    let Makers { root, device } = Makers::new()?;
    let anchor = authority("Root", "Root", 1, Vec::new()).sign(&root, &root)?;
    let leaf = server("Root", Vec::new()).sign(&device, &root)?;
    Ok(question(leaf, Vec::new(), anchor))
}

/// A certificate whose issuer is nowhere.
///
/// # Errors
/// If it cannot be made.
pub fn stranger() -> Result<String> {
    let Makers { root, device } = Makers::new()?;
    server("Nobody", Vec::new()).sign(&device, &root)
}

struct Makers {
    root: Key,
    device: Key,
}

impl Makers {
    fn new() -> Result<Self> {
        Ok(Self { root: Key::of("p256-root")?, device: Key::of("p256-device")? })
    }
}

/// Each of 64 ways up ends at 300 certificates, of which only their signatures tell that they need not say who issued
/// them.
fn self_signed() -> Result<Hostile> {
    let Makers { root, device } = Makers::new()?;
    let mut between = levels(&root, 2, 6, "Top", &[])?;
    for serial in 0..SELF_SIGNED {
        let serial = i32::try_from(serial)?;
        let own = Template { subject: "Top", issuer: "Top", serial, extensions: minted::authority() };
        between.push(own.sign(&root, &root)?);
    }
    let anchor = authority("Root", "Root", 1, Vec::new()).sign(&root, &root)?;
    let [leaf, other] = ["Level 0", "Nobody"].map(|issuer| server(issuer, Vec::new()).sign(&device, &root));
    Ok(Hostile {
        name: "self-signed intermediates above a lattice",
        question: question(leaf?, between.clone(), anchor.clone()),
        idle: question(other?, between, anchor),
    })
}

/// 2187 ways up, through authorities with many names, and all of them in vain: the server has not the name.
fn lattice() -> Result<Hostile> {
    let Makers { root, device } = Makers::new()?;
    let names: Vec<_> = (0..NAMES).map(|number| format!("n{number}.test")).collect();
    let between = levels(&root, 3, 7, "Root", &minted::servers(&names))?;
    let anchor = authority("Root", "Root", 1, Vec::new()).sign(&root, &root)?;
    let [leaf, other] = ["Level 0", "Nobody"].map(|issuer| server(issuer, Vec::new()).sign(&device, &root));
    let identities = vec!["dns:another.test".to_owned()];
    Ok(Hostile {
        name: "a lattice of authorities with many names",
        question: Question { identities, ..question(leaf?, between.clone(), anchor.clone()) },
        idle: question(other?, between, anchor),
    })
}

/// Each distribution point is compared with the point of each list, before anybody knows that nobody signed the list.
fn points() -> Result<Hostile> {
    let Makers { root, device } = Makers::new()?;
    let uri = |number: usize| element(0x86, &[format!("http://a.test/{number}").as_bytes()]);
    let point = |number| {
        let names = element(0xa0, &[&element(0xa0, &[&uri(number)])]);
        element(SEQUENCE, &[&names])
    };
    let points: Vec<_> = (0..POINTS).map(point).collect();
    let points: Vec<_> = points.iter().map(Vec::as_slice).collect();
    let points = extension(b"\x55\x1d\x1f", false, &element(SEQUENCE, &points));
    // None of them is one of the certificate's.
    let names: Vec<_> = (0..POINT_NAMES).map(|number| uri(POINTS + number)).collect();
    let names: Vec<_> = names.iter().map(Vec::as_slice).collect();
    let about = element(SEQUENCE, &[&element(0xa0, &[&element(0xa0, &names)])]);
    let about = extension(b"\x55\x1d\x1c", true, &about);
    let lists =
        (0..POINTS).map(|number| Ok(minted::unsigned_list("Root", u32::try_from(number)?, &[&about])));
    let crls = lists.collect::<Result<Vec<_>>>()?;
    let anchor = authority("Root", "Root", 1, Vec::new()).sign(&root, &root)?;
    let [leaf, other] =
        ["Root", "Nobody"].map(|issuer| server(issuer, vec![points.clone()]).sign(&device, &root));
    let mut busy = question(leaf?, Vec::new(), anchor.clone());
    busy.policy["revocation"] = "soft".into();
    let mut idle = question(other?, Vec::new(), anchor);
    idle.policy["revocation"] = "soft".into();
    Ok(Hostile {
        name: "distribution points and lists of nobody",
        question: Question { crls: crls.clone(), ..busy },
        idle: Question { crls, ..idle },
    })
}

/// Authorities in levels, `width` of each name, each of which is issued by any of the level above.
fn levels(key: &Key, width: i32, depth: u32, top: &str, more: &[u8]) -> Result<Vec<String>> {
    let mut made = Vec::new();
    for level in 0..depth {
        let above = if level + 1 == depth { top.to_owned() } else { format!("Level {}", level + 1) };
        for serial in 0..width {
            let more = Some(more.to_vec()).filter(|more| !more.is_empty());
            let own = format!("Level {level}");
            made.push(authority(&own, &above, serial, more.into_iter().collect()).sign(key, key)?);
        }
    }
    Ok(made)
}

fn authority<'a>(subject: &'a str, issuer: &'a str, serial: i32, more: Vec<Vec<u8>>) -> Template<'a> {
    let extensions = [minted::authority(), minted::key_identifiers("key", "key"), more].concat();
    Template { subject, issuer, serial, extensions }
}

fn server(issuer: &str, more: Vec<Vec<u8>>) -> Template<'_> {
    let names = vec![minted::servers(&["server.test".to_owned()])];
    let extensions = [minted::key_identifiers("server", "key"), names, more].concat();
    Template { subject: "server", issuer, serial: 1, extensions }
}

fn question(certificate: String, intermediates: Vec<String>, anchor: String) -> Question {
    Question {
        now: NOW,
        certificate,
        intermediates,
        anchors: vec![anchor],
        purpose: "any",
        policy: serde_json::json!({ "revocation": "off" }),
        ..Question::default()
    }
}
