//! What of a reply breaks a rule, and what changes of one cause have in common.

use crate::record::{Aspect, Change, MismatchKind, Support};

/// A part of a reply that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::compare::diff) struct Sign {
    pub(super) kind: Kind,
    /// The pointer, for a member of the body; the step, for what else a reply shows.
    at: String,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Answer,
    Code,
    Culprit,
    Status,
    Body,
}

/// What a change has in common with others of the same cause.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Mark {
    pub(super) sign: Sign,
    a: Option<String>,
    b: Option<String>,
}

impl Sign {
    /// The signs of one mismatch in a step.
    pub(in crate::compare::diff) fn all(kind: MismatchKind, at: &str, step: &str) -> Vec<Self> {
        let plain = |kind| Self { kind, at: step.to_owned() };
        let member = || Self { kind: Kind::Body, at: at.to_owned() };
        match kind {
            MismatchKind::NoReply
            | MismatchKind::WronglyAccepted
            | MismatchKind::WronglyRefused
            | MismatchKind::LimitedTooEarly => vec![plain(Kind::Answer)],
            MismatchKind::WrongCode => vec![plain(Kind::Code)],
            MismatchKind::WrongCulprit => vec![plain(Kind::Culprit)],
            MismatchKind::WrongStatus => vec![plain(Kind::Status)],
            // Where the code itself is broken, there is no answer.
            MismatchKind::Envelope => vec![member(), plain(Kind::Status), plain(Kind::Answer)],
            MismatchKind::WrongContent => vec![member()],
        }
    }

    /// The sign that a change is.
    pub(super) fn of(change: &Change) -> Self {
        let kind = match change.aspect {
            Aspect::Outcome | Aspect::Characteristic => Kind::Answer,
            Aspect::Code => Kind::Code,
            Aspect::Culprit => Kind::Culprit,
            Aspect::Status => Kind::Status,
            Aspect::Envelope | Aspect::Content => Kind::Body,
        };
        Self { kind, at: change.at.clone() }
    }
}

impl Mark {
    /// A code is a sign only together with the one that it stands in for: few codes serve many rules. Of what is named,
    /// of a status, of a member of the body, and of a reply that nobody can read, what the deviating side has is sign
    /// enough.
    pub(super) fn of(change: &Change, supports: Support) -> Self {
        let mut sign = Sign::of(change);
        // The same in another step is of the same cause.
        if sign.kind != Kind::Body {
            sign.at.clear();
        }
        let deviating = if supports == Support::A { &change.b } else { &change.a };
        let is_unreadable = sign.kind == Kind::Answer && deviating.starts_with(UNREADABLE);
        let both = matches!(sign.kind, Kind::Answer | Kind::Code) && !is_unreadable;
        let text = |text: &String| if is_unreadable { UNREADABLE.to_owned() } else { text.clone() };
        let a = (both || supports != Support::A).then(|| text(&change.a));
        let b = (both || supports != Support::B).then(|| text(&change.b));
        Self { sign, a, b }
    }
}

/// How the record tells a reply without an outcome.
const UNREADABLE: &str = "unreadable";
