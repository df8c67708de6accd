//! Mutations of DER as what it is, a tree: whatever is changed, added or taken away, the lengths around it are right
//! again. Mutations of bytes rarely get that far into a certificate.

use crate::der::{self, OCTET_STRING, SEQUENCE};

/// Extensions to add, in DER: what chains of real authorities rarely have.
const EXTENSIONS: &[&[u8]] = &[
    // Basic constraints: none, an authority, one with a path length of zero.
    b"\x30\x09\x06\x03\x55\x1d\x13\x04\x02\x30\x00",
    b"\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff",
    b"\x30\x12\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x08\x30\x06\x01\x01\xff\x02\x01\x00",
    // Key usage: keyCertSign and cRLSign, digitalSignature, keyAgreement.
    b"\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x01\x06",
    b"\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x07\x80",
    b"\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x03\x08",
    // Extended key usage: any, server, client, time stamps.
    b"\x30\x0f\x06\x03\x55\x1d\x25\x04\x08\x30\x06\x06\x04\x55\x1d\x25\x00",
    b"\x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01",
    b"\x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02",
    b"\x30\x16\x06\x03\x55\x1d\x25\x01\x01\xff\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x08",
    // Name constraints: example.com permitted, excluded; every directory name excluded.
    b"\x30\x1b\x06\x03\x55\x1d\x1e\x01\x01\xff\x04\x11\x30\x0f\xa0\x0d\x30\x0b\x82\x09localhost",
    b"\x30\x1d\x06\x03\x55\x1d\x1e\x01\x01\xff\x04\x13\x30\x11\xa0\x0f\x30\x0d\x82\x0bexample.com",
    b"\x30\x1d\x06\x03\x55\x1d\x1e\x01\x01\xff\x04\x13\x30\x11\xa1\x0f\x30\x0d\x82\x0bexample.com",
    b"\x30\x14\x06\x03\x55\x1d\x1e\x01\x01\xff\x04\x0a\x30\x08\xa1\x06\x30\x04\xa4\x02\x30\x00",
    // Policies: any, 1.2.3; that there has to be one; that any is none; a mapping of 1.2.3 to 1.2.4.
    b"\x30\x11\x06\x03\x55\x1d\x20\x04\x0a\x30\x08\x30\x06\x06\x04\x55\x1d\x20\x00",
    b"\x30\x0f\x06\x03\x55\x1d\x20\x04\x08\x30\x06\x30\x04\x06\x02\x2a\x03",
    b"\x30\x0f\x06\x03\x55\x1d\x24\x01\x01\xff\x04\x05\x30\x03\x80\x01\x00",
    b"\x30\x0d\x06\x03\x55\x1d\x36\x01\x01\xff\x04\x03\x02\x01\x00",
    b"\x30\x16\x06\x03\x55\x1d\x21\x01\x01\xff\x04\x0c\x30\x0a\x30\x08\x06\x02\x2a\x03\x06\x02\x2a\x04",
    // Key identifiers, other names of the issuer, distribution points, and something unknown.
    b"\x30\x0c\x06\x03\x55\x1d\x0e\x04\x05\x04\x03\x01\x02\x03",
    b"\x30\x0e\x06\x03\x55\x1d\x23\x04\x07\x30\x05\x80\x03\x01\x02\x03",
    b"\x30\x0c\x06\x03\x55\x1d\x12\x04\x05\x30\x03\x82\x01\x61",
    b"\x30\x14\x06\x03\x55\x1d\x1f\x04\x0d\x30\x0b\x30\x09\xa0\x07\xa0\x05\x86\x03\x61\x3a\x62",
    b"\x30\x0c\x06\x03\x2a\x03\x04\x01\x01\xff\x04\x02\x05\x00",
];

/// General names to put in the place of others.
const NAMES: &[&[u8]] = &[
    b"\x82\x0bexample.com",
    b"\x82\x0d*.example.com",
    b"\x82\x0f*.a.example.com",
    b"\x82\x0c.example.com",
    b"\x82\x00",
    b"\x81\x0dx@example.com",
    b"\x81\x0bexample.com",
    b"\x86\x14https://example.com/",
    b"\x87\x04\xc0\x00\x02\x01",
    b"\x87\x08\xc0\x00\x02\x00\xff\xff\xff\x00",
    b"\xa4\x02\x30\x00",
    b"\xa0\x0a\x06\x03\x2a\x03\x04\xa0\x03\x0c\x01\x61",
    b"\x88\x02\x2a\x03",
];

/// Deeper ones stay as they are.
const MAX_DEPTH: usize = 12;

/// An element.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    tag: u8,
    content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Octets(Vec<u8>),
    Elements(Vec<Node>),
}

/// Changes an input in a few places: the octet in front, or the elements that follow it. The same seed changes the same
/// places.
#[must_use]
pub fn mutate(data: &[u8], seed: u32) -> Vec<u8> {
    let Some((&flags, rest)) = data.split_first() else { return data.to_vec() };
    let mut choice = Choice(u64::from(seed) | 1 << 40);
    let (mut flags, mut nodes) = (flags, parse(rest, 0).unwrap_or_default());
    for _ in 0..=choice.below(3) {
        match choice.below(12) {
            0 => flags ^= 1 << choice.below(8),
            1 => remove(&mut nodes, &mut choice),
            2 => overwrite(&mut nodes, &mut choice, false),
            3..=5 => overwrite(&mut nodes, &mut choice, true),
            6 => repeat(&mut nodes, &mut choice),
            7 | 8 => extend(&mut nodes, &mut choice),
            9 => rename(&mut nodes, &mut choice),
            _ => alter(&mut nodes, &mut choice),
        }
    }
    [vec![flags], encode(&nodes)].concat()
}

/// Numbers that look random (xorshift).
struct Choice(u64);

impl Choice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }
}

/// All elements of some content; nothing if it is something else. The octets of an extension may be elements, too.
fn parse(content: &[u8], depth: usize) -> Option<Vec<Node>> {
    let elements: Vec<_> = der::elements(content).collect();
    if elements.iter().map(|element| element.len()).sum::<usize>() != content.len() || depth > MAX_DEPTH {
        return None;
    }
    let node = |element: &&[u8]| {
        let (tag, content) = (element[0], der::content(element)?);
        let may_hold = tag & 0x20 != 0 || (tag == OCTET_STRING && content.len() > 1);
        let inner = if may_hold { parse(content, depth + 1) } else { None };
        let content = inner.map_or_else(|| Content::Octets(content.to_vec()), Content::Elements);
        Some(Node { tag, content })
    };
    elements.iter().map(node).collect()
}

fn encode(nodes: &[Node]) -> Vec<u8> {
    let element = |node: &Node| match &node.content {
        Content::Octets(octets) => der::element(node.tag, &[octets]),
        Content::Elements(nodes) => der::element(node.tag, &[&encode(nodes)]),
    };
    nodes.iter().flat_map(element).collect()
}

/// The ways to all elements: at each step, which of the elements.
fn ways(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        all.push(vec![index]);
        if let Content::Elements(inner) = &node.content {
            all.extend(ways(inner).into_iter().map(|way| [vec![index], way].concat()));
        }
    }
    all
}

/// The elements among which the last step of a way is.
fn siblings<'a>(nodes: &'a mut Vec<Node>, way: &[usize]) -> Option<&'a mut Vec<Node>> {
    match way {
        [] | [_] => Some(nodes),
        [first, rest @ ..] => match &mut nodes.get_mut(*first)?.content {
            Content::Elements(inner) => siblings(inner, rest),
            Content::Octets(_) => None,
        },
    }
}

/// One of the elements that are so, and the way to it.
fn pick(
    nodes: &mut Vec<Node>,
    choice: &mut Choice,
    is_so: impl Fn(&Node) -> bool,
) -> Option<(Vec<usize>, Node)> {
    let mut found = Vec::new();
    for way in ways(nodes) {
        let last = *way.last()?;
        let node = siblings(nodes, &way)?.get(last)?;
        if is_so(node) {
            found.push((way, node.clone()));
        }
    }
    choice.of(&found).cloned()
}

fn replace(nodes: &mut Vec<Node>, way: &[usize], by: Node) {
    let place = way.last().and_then(|last| siblings(nodes, way)?.get_mut(*last));
    if let Some(place) = place {
        *place = by;
    }
}

fn insert(nodes: &mut Vec<Node>, way: &[usize], what: Node) {
    if let (Some(last), Some(siblings)) = (way.last(), siblings(nodes, way)) {
        siblings.insert(last + 1, what);
    }
}

fn remove(nodes: &mut Vec<Node>, choice: &mut Choice) {
    let picked = pick(nodes, choice, |_| true);
    if let Some((way, _)) = picked
        && let (Some(last), Some(siblings)) = (way.last(), siblings(nodes, &way))
    {
        siblings.remove(*last);
    }
}

/// One element over another, of the same type if that is wanted.
fn overwrite(nodes: &mut Vec<Node>, choice: &mut Choice, same_type: bool) {
    let Some((way, old)) = pick(nodes, choice, |_| true) else { return };
    if let Some((_, new)) = pick(nodes, choice, |node| !same_type || node.tag == old.tag) {
        replace(nodes, &way, new);
    }
}

fn repeat(nodes: &mut Vec<Node>, choice: &mut Choice) {
    if let Some((way, node)) = pick(nodes, choice, |_| true) {
        insert(nodes, &way, node);
    }
}

/// One more extension beside another, or in its place.
fn extend(nodes: &mut Vec<Node>, choice: &mut Choice) {
    let new = choice.of(EXTENSIONS).and_then(|new| parse(new, 0)?.pop());
    let (Some((way, _)), Some(new)) = (pick(nodes, choice, is_extension), new) else { return };
    match choice.below(2) {
        0 => replace(nodes, &way, new),
        _ => insert(nodes, &way, new),
    }
}

fn is_extension(node: &Node) -> bool {
    let Content::Elements(inner) = &node.content else { return false };
    node.tag == SEQUENCE
        && inner.first().is_some_and(|id| id.tag == 0x06)
        && inner.last().is_some_and(|value| value.tag == OCTET_STRING)
}

/// Another general name in the place of one.
fn rename(nodes: &mut Vec<Node>, choice: &mut Choice) {
    let new = choice.of(NAMES).and_then(|new| parse(new, 0)?.pop());
    let is_name = |node: &Node| matches!(node.tag, 0x81 | 0x82 | 0x86 | 0x87 | 0xa4);
    if let (Some((way, _)), Some(new)) = (pick(nodes, choice, is_name), new) {
        replace(nodes, &way, new);
    }
}

/// Another tag, or other octets.
fn alter(nodes: &mut Vec<Node>, choice: &mut Choice) {
    let Some((way, mut node)) = pick(nodes, choice, |node| matches!(node.content, Content::Octets(_))) else {
        return;
    };
    let Content::Octets(octets) = &mut node.content else { return };
    let place = choice.below(octets.len());
    match (choice.below(6), octets.get_mut(place)) {
        (0, Some(octet)) => *octet ^= 1 << choice.below(8),
        (1, Some(octet)) => *octet = octet.wrapping_add(1),
        (2, Some(octet)) => *octet = choice.below(256) as u8,
        (3, Some(_)) => octets.truncate(place),
        (4, _) => octets.push(choice.below(256) as u8),
        _ => node.tag ^= 1 << choice.below(5),
    }
    replace(nodes, &way, node);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    #[test]
    fn what_is_to_be_added_is_der() {
        for bytes in EXTENSIONS.iter().chain(NAMES) {
            let nodes = parse(bytes, 0).unwrap_or_else(|| panic!("{bytes:02x?}"));
            assert_eq!((nodes.len(), encode(&nodes)), (1, bytes.to_vec()));
        }
        assert!(EXTENSIONS.iter().all(|bytes| is_extension(&parse(bytes, 0).unwrap()[0])));
    }

    #[test]
    fn mutations_are_trees_and_repeat_themselves() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/differential");
        let mut changed = 0;
        for (seed, entry) in (1_u32..).zip(fs::read_dir(folder).unwrap()) {
            let data = fs::read(entry.unwrap().path()).unwrap();
            let nodes = parse(&data[1..], 0).unwrap();
            assert_eq!(encode(&nodes), &data[1..]);
            let mutated = mutate(&data, seed);
            assert!(parse(&mutated[1..], 0).is_some());
            assert_eq!(mutated, mutate(&data, seed));
            changed += usize::from(mutated != data);
        }
        assert!(changed > 50, "{changed}");
        assert!(mutate(&[], 1).is_empty());
    }
}
