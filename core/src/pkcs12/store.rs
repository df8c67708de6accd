//! Which certificate belongs to which key, and which stand above it: what the bags of a keystore mean.

use alloc::{string::String, vec::Vec};

use zeroize::Zeroizing;

use super::{
    bag::{Bag, Content},
    chain::{self, Budget, Candidate},
};
use crate::{
    certificate::Certificate,
    error::{Error, ErrorCode},
    key::PrivateKey,
};

/// A key with what belongs to it.
pub(crate) struct Entry {
    pub(crate) friendly_name: Option<String>,
    /// The key, or why it cannot be used.
    pub(crate) key: Result<PrivateKey, Error>,
    pub(crate) certificate: Option<Certificate>,
    /// Those above it, nearest first.
    pub(crate) chain: Vec<Certificate>,
}

/// A certificate that belongs to no key.
pub(crate) struct NamedCertificate {
    pub(crate) friendly_name: Option<String>,
    pub(crate) der: Vec<u8>,
    /// Why it cannot be read.
    pub(crate) problem: Option<Error>,
}

/// The whole of a keystore.
pub(crate) struct Store {
    pub(crate) entries: Vec<Entry>,
    pub(crate) certificates: Vec<NamedCertificate>,
    pub(crate) state: Option<Zeroizing<Vec<u8>>>,
}

/// Pairs keys with certificates: by the local key id as long as the keys agree, else by the key alone.
///
/// # Errors
/// `RequestTooLarge` if the chains of all keys together are too long.
pub(crate) fn pair(bags: Vec<Bag>) -> Result<Store, Error> {
    pair_within(bags, &mut Budget::new())
}

fn pair_within(bags: Vec<Bag>, budget: &mut Budget) -> Result<Store, Error> {
    let (mut keys, mut candidates, mut broken, mut state) = (Vec::new(), Vec::new(), Vec::new(), None);
    for mut bag in bags {
        state = state.or_else(|| bag.state.take());
        match &bag.content {
            Content::Certificate(der) => match Certificate::from_der(der) {
                Ok(certificate) => candidates.push(Candidate::new(certificate, bag)),
                Err(problem) => broken.push(NamedCertificate {
                    friendly_name: bag.friendly_name.take(),
                    der: der.clone(),
                    problem: Some(problem),
                }),
            },
            Content::Key(_) | Content::Unusable(_) => keys.push(bag),
            Content::Other | Content::PlainKey(_) | Content::SealedKey(_) => {}
        }
    }
    let entries =
        keys.into_iter().map(|bag| entry(bag, &mut candidates, budget)).collect::<Result<_, _>>()?;
    let rest = candidates.into_iter().filter(|candidate| !candidate.used);
    let certificates = rest
        .map(|candidate| NamedCertificate {
            friendly_name: candidate.bag.friendly_name,
            der: candidate.certificate.der().to_vec(),
            problem: None,
        })
        .chain(broken)
        .collect();
    Ok(Store { entries, certificates, state })
}

fn entry(bag: Bag, candidates: &mut [Candidate], budget: &mut Budget) -> Result<Entry, Error> {
    let key = match bag.content {
        Content::Key(key) => Ok(*key),
        Content::Unusable(error) => Err(error),
        _ => Err(Error::new(ErrorCode::KeyMalformed, "found no key")),
    };
    let mut entry = Entry { friendly_name: bag.friendly_name, key, certificate: None, chain: Vec::new() };
    let Some(own) = own_certificate(&entry.key, bag.local_key_id.as_deref(), candidates) else {
        return Ok(entry);
    };
    let chain = chain::above(own, candidates, budget);
    for index in core::iter::once(own).chain(chain) {
        let Some(candidate) = candidates.get_mut(index) else { continue };
        candidate.used = true;
        budget.give(&candidate.certificate)?;
        if entry.certificate.is_some() {
            entry.chain.push(candidate.certificate.clone());
        } else {
            entry.friendly_name = entry.friendly_name.or_else(|| candidate.bag.friendly_name.clone());
            entry.certificate = Some(candidate.certificate.clone());
        }
    }
    Ok(entry)
}

fn own_certificate(
    key: &Result<PrivateKey, Error>,
    local_key_id: Option<&[u8]>,
    candidates: &[Candidate],
) -> Option<usize> {
    let named = |candidate: &Candidate| {
        local_key_id.is_some() && candidate.bag.local_key_id.as_deref() == local_key_id
    };
    let fits = |candidate: &Candidate| match (key, &candidate.key) {
        (Ok(key), Some(public)) => key.public_key().spki() == public.spki(),
        _ => false,
    };
    let unused = |candidate: &Candidate| !candidate.used;
    match key {
        Ok(_) => candidates
            .iter()
            .position(|candidate| named(candidate) && fits(candidate))
            .or_else(|| candidates.iter().position(|candidate| unused(candidate) && fits(candidate)))
            .or_else(|| candidates.iter().position(fits)),
        // Of a key that cannot be used nothing but its name is known.
        Err(_) => candidates.iter().position(named),
    }
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;

    use der::{
        Decode, Encode,
        asn1::{AnyRef, IntRef},
    };

    use super::*;
    use crate::{
        algorithm::SignatureScheme,
        certificate::TbsCertificate,
        signed::Signed,
        testing::{authority, private_key, root, subordinate},
    };

    fn key(id: &str) -> Bag {
        Bag { content: Content::Key(Box::new(private_key(id))), ..Bag::default() }
    }

    fn certificate(certificate: &Certificate) -> Bag {
        Bag { content: Content::Certificate(certificate.der().to_vec()), ..Bag::default() }
    }

    /// Certificates of one key, by turns A below B and B below A, whose signatures are those of something else.
    fn tangle(count: u16) -> Vec<Bag> {
        let model = Certificate::from_pem(&authority("p256", "CN=A", None).certificate).unwrap();
        let other = Certificate::from_pem(&root().certificate).unwrap();
        let signature =
            private_key("p256").sign(SignatureScheme::EcdsaP256Sha256, b"something else").unwrap();
        let names = [model.subject(), other.subject()].map(|name| AnyRef::from_der(name).unwrap());
        let one = |number: u16| {
            let serial = number.saturating_add(0x100).to_be_bytes();
            let mut tbs = TbsCertificate::from_der(&model.signed().content).unwrap();
            tbs.serial_number = IntRef::new(&serial).unwrap();
            (tbs.subject, tbs.issuer) =
                (names[usize::from(number % 2)], names[usize::from(number.is_multiple_of(2))]);
            let content = tbs.to_der().unwrap();
            let algorithm = SignatureScheme::EcdsaP256Sha256.algorithm();
            Certificate::from_der(&Signed::assemble(&content, algorithm, &signature).unwrap()).unwrap()
        };
        (0..count).map(|number| certificate(&one(number))).collect()
    }

    /// Without a budget, and with the chain of each key followed anew, minutes: 200 keys, 600 certificates, two names.
    #[test]
    fn many_keys_and_certificates_of_one_name_end_with_the_budget() {
        let mut bags = tangle(600);
        bags.extend((0..200).map(|_| key("p256")));
        let mut budget = Budget::new();
        let store = pair_within(bags, &mut budget).unwrap();
        assert_eq!(budget.verifications, 0);
        assert_eq!(store.entries.len(), 200);
        assert!(store.entries.iter().all(|entry| entry.certificate.is_some() && !entry.chain.is_empty()));
    }

    /// What is known of one certificate is known for every key.
    #[test]
    fn a_chain_is_followed_once() {
        let mut bags = tangle(4);
        // 4 certificates, each with two of the issuer's name: whatever the number of keys.
        bags.extend((0..40).map(|_| key("p256")));
        let mut budget = Budget::new();
        let before = budget.verifications;
        pair_within(bags, &mut budget).unwrap();
        assert_eq!(before - budget.verifications, 8);
    }

    #[test]
    fn of_two_with_one_name_the_one_that_signed_stands_above() {
        let [below, above] =
            [subordinate(), root()].map(|one| Certificate::from_pem(&one.certificate).unwrap());
        let namesake = authority("p384", &above.subject_text(), None);
        let namesake = Certificate::from_pem(&namesake.certificate).unwrap();
        assert_eq!(namesake.subject(), above.subject());
        for order in [[&namesake, &above], [&above, &namesake]] {
            let mut bags = alloc::vec![key("issuing"), certificate(&below)];
            bags.extend(order.map(certificate));
            let mut budget = Budget::new();
            let before = budget.verifications;
            let store = pair_within(bags, &mut budget).unwrap();
            assert_eq!(store.entries[0].chain, core::slice::from_ref(&above));
            // The key identifier says which one to try first.
            assert_eq!(before - budget.verifications, 1);
            assert_eq!(store.certificates.len(), 1);
        }
    }

    /// A chain is given to each key, and a file of a few megabytes may not become gigabytes.
    #[test]
    fn what_all_keys_get_has_a_limit() {
        let certificate = Certificate::from_pem(&root().certificate).unwrap();
        let mut budget = Budget::new();
        let given = (0..100_000).take_while(|_| budget.give(&certificate).is_ok()).count();
        assert_eq!(given, 4 * crate::keystore::MAX_FILE / certificate.der().len());
        assert_eq!(budget.give(&certificate).unwrap_err().code, ErrorCode::RequestTooLarge);
    }
}
