//! The checks of a planned renewal, each by its name.

mod authority;
mod casualty;
mod load;
mod revocation;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::Serialize;

use super::{Mode, Situation};
use crate::error::Error;

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing to do.
    Ok,
    /// Somebody has to do something, or be told.
    Attention,
    /// The request does not say how many there are.
    Unknown,
    /// The renewal would be refused.
    Refused,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Check {
    /// Which.
    pub name: Name,
    /// What it found.
    pub status: Status,
    /// How many things it is about, where they can be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// A sentence: what will happen, or what is to be done.
    pub detail: String,
}

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident => $family:ident::$function:ident,)*) => {
        /// The names of the checks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Name {
            $($(#[$doc])* $name,)*
        }

        /// All checks, in the order of their list.
        ///
        /// # Errors
        /// Those of parsing the authority's own extensions.
        pub(super) fn all(situation: &Situation<'_>) -> Result<Vec<Check>, Error> {
            Ok(alloc::vec![$($family::$function(situation)?.named(Name::$name),)*])
        }
    };
}

checks! {
    /// No other renewal is waiting.
    WaitingGeneration => authority::waiting_generation,
    /// There is room for another generation.
    FormerGenerations => authority::former_generations,
    /// The issuer of a subordinate can renew it.
    Issuer => authority::issuer,
    /// The new key does nothing else.
    NewKey => authority::new_key,
    /// Nothing names the authority's certificate by issuer and serial number.
    AuthorityKeyIdentifier => authority::authority_key_identifier,
    /// The certificate has the key identifier that others name it by.
    SubjectKeyIdentifier => authority::subject_key_identifier,
    /// Certificates that cross have room.
    PathLength => authority::path_length,
    /// The renewal comes in time.
    TimeLeft => load::time_left,
    /// Nothing is valid longer than its authority.
    ValidityNesting => authority::validity_nesting,
    /// The addresses can be written.
    Addresses => revocation::addresses,
    /// Who trusts the old certificate gets the new one.
    TrustAnchors => authority::trust_anchors,
    /// Authorities below.
    SubordinateAuthorities => casualty::subordinate_authorities,
    /// Certificates of servers.
    TlsCertificates => casualty::tls_certificates,
    /// Helpers: registration authorities, OCSP signers.
    Helpers => casualty::helpers,
    /// Distribution over HTTPS.
    HttpsDistributionPoints => casualty::https_distribution_points,
    /// Signed configuration profiles.
    SignedProfiles => casualty::signed_profiles,
    /// Plug-ins of other management systems.
    ManagementPlugins => casualty::management_plugins,
    /// Tokens for automated enrolment.
    EnrolmentTokens => casualty::enrolment_tokens,
    /// Profiles that pin the certificate.
    CaFingerprintProfiles => casualty::ca_fingerprint_profiles,
    /// Browser policies by the issuer's name.
    AutoSelectFilters => casualty::auto_select_filters,
    /// Servers that hold the certificate as their anchor.
    TrustLists => casualty::trust_lists,
    /// What is encrypted for the certificate.
    EscrowRecipients => casualty::escrow_recipients,
    /// The CRL of the old key goes on.
    CrlOfTheOldKey => revocation::crl_of_the_old_key,
    /// OCSP for the old key goes on.
    OcspOfTheOldKey => revocation::ocsp_of_the_old_key,
    /// How many devices come, and how fast.
    Herd => load::herd,
}

/// A finding without its name.
struct Finding(Status, Option<u64>, String);

impl Finding {
    fn named(self, name: Name) -> Check {
        let Self(status, count, detail) = self;
        Check { name, status, count, detail }
    }
}

type Found = Result<Finding, Error>;

fn ok(detail: impl ToString) -> Found {
    Ok(Finding(Status::Ok, None, detail.to_string()))
}

fn attention(detail: impl ToString) -> Found {
    Ok(Finding(Status::Attention, None, detail.to_string()))
}

/// What `renew_authority` would refuse, in its words.
fn refused(error: &Error) -> Found {
    Ok(Finding(Status::Refused, None, error.detail.clone()))
}

/// About things that the caller counts: `attention` where there are some and the new key, or any renewal, touches
/// them.
fn counted(count: Option<u64>, is_touched: bool, touched: &str, untouched: &str) -> Found {
    Ok(match count {
        None => {
            let about = if is_touched { touched } else { untouched };
            Finding(Status::Unknown, None, format!("it is not said how many there are; {about}"))
        }
        Some(0) => Finding(Status::Ok, Some(0), "there are none".into()),
        some if is_touched => Finding(Status::Attention, some, touched.into()),
        some => Finding(Status::Ok, some, untouched.into()),
    })
}

impl Situation<'_> {
    fn is_new_key(&self) -> bool {
        self.request.mode != Mode::SameKey
    }

    /// Whether what is trusted becomes another key.
    fn moves_the_anchor(&self) -> bool {
        self.is_root() && self.is_new_key()
    }

    fn is_root(&self) -> bool {
        self.authority.certificate.is_self_issued()
    }

    /// How many valid certificates there are of kinds.
    fn valid(&self, is_wanted: impl Fn(&str) -> bool) -> u64 {
        let kinds = self.dependents.iter().filter(|kind| is_wanted(&kind.profile));
        kinds.fold(0, |sum, kind| sum.saturating_add(kind.count))
    }
}
