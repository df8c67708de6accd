//! The policies of a path (RFC 5280 6.1.2 to 6.1.5) as the graph of RFC 9618: a node for each policy and depth, where
//! the tree of RFC 5280 doubles with each mapping.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec,
    vec::Vec,
};

use der::asn1::ObjectIdentifier;

use super::budget::Budget;
use crate::error::Error;

/// anyPolicy.
pub(super) const ANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// The valid_policy_graph; none of it left is NULL.
pub(super) struct PolicyGraph {
    /// By depth, then by valid_policy.
    levels: Vec<BTreeMap<ObjectIdentifier, Node>>,
}

#[derive(Default)]
struct Node {
    expected: BTreeSet<ObjectIdentifier>,
    parents: BTreeSet<ObjectIdentifier>,
}

impl PolicyGraph {
    /// One node of anyPolicy (RFC 5280 6.1.2 a).
    pub(super) fn new() -> Self {
        let node = Node { expected: BTreeSet::from([ANY]), parents: BTreeSet::new() };
        Self { levels: vec![BTreeMap::from([(ANY, node)])] }
    }

    /// Whether it is NULL.
    pub(super) fn is_null(&self) -> bool {
        self.levels.last().is_none_or(BTreeMap::is_empty)
    }

    /// Makes it NULL (RFC 5280 6.1.3 e).
    pub(super) fn clear(&mut self) {
        self.levels.clear();
    }

    /// The policies of the next certificate (RFC 9618 5.4, step d); `any_allowed` is whether anyPolicy in it counts.
    ///
    /// # Errors
    /// `PathBudgetExhausted`.
    pub(super) fn descend(
        &mut self,
        policies: &[ObjectIdentifier],
        any_allowed: bool,
        budget: &Budget,
    ) -> Result<(), Error> {
        let Some(above) = self.levels.last() else { return Ok(()) };
        let mut expecting: BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>> = BTreeMap::new();
        for (policy, node) in above {
            budget.policies(node.expected.len())?;
            for expected in &node.expected {
                expecting.entry(*expected).or_default().insert(*policy);
            }
        }
        let mut level = BTreeMap::new();
        let mut add = |policy, parents: &BTreeSet<ObjectIdentifier>| -> Result<(), Error> {
            budget.policies(parents.len().max(1))?;
            let node = Node { expected: BTreeSet::from([policy]), parents: parents.clone() };
            level.insert(policy, node);
            Ok(())
        };
        for policy in policies.iter().filter(|policy| **policy != ANY) {
            match expecting.get(policy) {
                Some(parents) => add(*policy, parents)?,
                None if above.contains_key(&ANY) => add(*policy, &BTreeSet::from([ANY]))?,
                None => {}
            }
        }
        if any_allowed && policies.contains(&ANY) {
            for (policy, parents) in
                expecting.iter().filter(|(policy, _)| !policies.contains(policy) || **policy == ANY)
            {
                add(*policy, parents)?;
            }
        }
        self.levels.push(level);
        Ok(())
    }

    /// The mappings of an issuer (RFC 9618 5.4, step b of 6.1.4): `allowed` is whether policy_mapping is not 0.
    ///
    /// # Errors
    /// `PathBudgetExhausted`.
    pub(super) fn map(
        &mut self,
        mappings: &[(ObjectIdentifier, ObjectIdentifier)],
        allowed: bool,
        budget: &Budget,
    ) -> Result<(), Error> {
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        budget.policies(mappings.len())?;
        let mut mapped: BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>> = BTreeMap::new();
        for (issuer, subject) in mappings {
            mapped.entry(*issuer).or_default().insert(*subject);
        }
        for (issuer, subjects) in mapped {
            if !allowed {
                level.remove(&issuer);
            } else if let Some(node) = level.get_mut(&issuer) {
                node.expected = subjects;
            } else if let Some(any) = level.get(&ANY) {
                let parents = any.parents.clone();
                level.insert(issuer, Node { expected: subjects, parents });
            }
        }
        Ok(())
    }

    /// The policies of the path in the anchor's words, intersected with those that are wanted (RFC 9618 5.4, step g of
    /// 6.1.5). anyPolicy among them stands for every policy.
    pub(super) fn outcome(mut self, wanted: Option<&[ObjectIdentifier]>) -> Vec<ObjectIdentifier> {
        self.prune();
        let mut constrained: BTreeSet<ObjectIdentifier> = BTreeSet::new();
        let last = self.levels.len().saturating_sub(1);
        for (depth, level) in self.levels.iter().enumerate().skip(1) {
            let below_any = level
                .iter()
                .filter(|(policy, node)| node.parents.contains(&ANY) && (**policy != ANY || depth == last));
            constrained.extend(below_any.map(|(policy, _)| *policy));
        }
        match wanted {
            None => constrained.into_iter().collect(),
            Some(wanted) if wanted.contains(&ANY) => constrained.into_iter().collect(),
            Some(wanted) => {
                let any = constrained.contains(&ANY);
                let kept: BTreeSet<_> =
                    wanted.iter().copied().filter(|policy| any || constrained.contains(policy)).collect();
                kept.into_iter().collect()
            }
        }
    }

    /// Nodes without children are taken away, from below (RFC 5280 6.1.3 d 3).
    fn prune(&mut self) {
        let mut children: Option<BTreeSet<ObjectIdentifier>> = None;
        for level in self.levels.iter_mut().rev() {
            if let Some(wanted) = children.take() {
                level.retain(|policy, _| wanted.contains(policy));
            }
            children = Some(level.values().flat_map(|node| node.parents.iter().copied()).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(last: u32) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(&alloc::format!("1.2.{last}"))
    }

    fn path(certificates: &[&[ObjectIdentifier]]) -> PolicyGraph {
        let (mut graph, budget) = (PolicyGraph::new(), Budget::new());
        for policies in certificates {
            graph.descend(policies, true, &budget).unwrap();
        }
        graph
    }

    #[test]
    fn policies_are_those_that_all_have() {
        let (one, two) = (oid(1), oid(2));
        assert_eq!(path(&[&[one, two], &[two]]).outcome(None), [two]);
        assert_eq!(path(&[&[ANY], &[two]]).outcome(None), [two]);
        assert_eq!(path(&[&[ANY], &[ANY]]).outcome(None), [ANY]);
        assert_eq!(path(&[&[ANY], &[ANY]]).outcome(Some(&[one])), [one]);
        assert_eq!(path(&[&[one, two], &[ANY]]).outcome(Some(&[two])), [two]);
        assert!(path(&[&[one], &[two]]).is_null());
        assert!(path(&[&[one], &[two]]).outcome(None).is_empty());
    }

    #[test]
    fn any_policy_counts_where_it_may() {
        let (mut graph, budget) = (PolicyGraph::new(), Budget::new());
        graph.descend(&[ANY], false, &budget).unwrap();
        assert!(graph.is_null());
    }

    #[test]
    fn mapped_policies_are_told_in_the_anchors_words() {
        let budget = Budget::new();
        let mapped = |allowed| {
            let mut graph = path(&[&[oid(1)]]);
            graph.map(&[(oid(1), oid(7))], allowed, &budget).unwrap();
            graph.descend(&[oid(7)], true, &budget).unwrap();
            graph.outcome(None)
        };
        assert_eq!(mapped(true), [oid(1)]);
        assert!(mapped(false).is_empty());
    }

    /// Each level maps both policies to both: a tree has 2^30 leaves, the graph 60 nodes.
    #[test]
    fn mappings_do_not_multiply() {
        let (mut graph, budget) = (PolicyGraph::new(), Budget::new());
        let (one, two) = (oid(1), oid(2));
        for _ in 0..30 {
            graph.descend(&[one, two], true, &budget).unwrap();
            graph.map(&[(one, one), (one, two), (two, one), (two, two)], true, &budget).unwrap();
        }
        assert_eq!(graph.levels.iter().map(BTreeMap::len).sum::<usize>(), 61);
        assert_eq!(graph.outcome(None), [one, two]);
    }

    #[test]
    fn many_policies_end_at_the_budget() {
        let (mut graph, budget) = (PolicyGraph::new(), Budget::new());
        let many: Vec<_> = (1..200).map(oid).collect();
        let all: Vec<_> = many.iter().flat_map(|one| many.iter().map(move |other| (*one, *other))).collect();
        graph.descend(&many, true, &budget).unwrap();
        assert!(graph.map(&all, true, &budget).is_err());
    }
}
