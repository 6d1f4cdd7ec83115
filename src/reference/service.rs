//! All three apis behind one port: which of them a request is for, and what they answer.

use super::answer::{Answer, Incoming};
use super::gate::Gate;
use super::limiter::Law;
use super::profile::{self, Place};
use super::{Api, Options, nexconn, rongcloud, tencent};

/// The apis, ready for requests.
pub(crate) struct Service {
    rongcloud: profile::Host,
    nexconn: profile::Host,
    tencent: tencent::Host,
    gates: [Vec<Gate>; 3],
}

/// Whom a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Rongcloud(rongcloud::Operation),
    Nexconn(nexconn::Operation),
    Tencent(tencent::Operation),
    /// No endpoint has this path; the api is the one whose paths begin alike.
    Unknown(Api),
}

impl Address {
    /// The endpoint of a path; paths are compared as they stand.
    pub(crate) fn of(path: &str) -> Self {
        let tencent = tencent::Operation::ALL.into_iter().find(|operation| operation.path() == path);
        let nexconn = nexconn::Operation::ALL.into_iter().find(|operation| operation.path() == path);
        let rongcloud = rongcloud::Operation::ALL.into_iter().find(|operation| operation.path() == path);
        if let Some(operation) = rongcloud {
            return Self::Rongcloud(operation);
        }
        if let Some(operation) = nexconn {
            return Self::Nexconn(operation);
        }
        if let Some(operation) = tencent {
            return Self::Tencent(operation);
        }
        Self::Unknown(match path {
            path if path.starts_with("/v4/user/") => Api::Nexconn,
            path if path.starts_with("/v4/") => Api::Tencent,
            _ => Api::Rongcloud,
        })
    }

    fn api(self) -> Api {
        match self {
            Self::Rongcloud(_) => Api::Rongcloud,
            Self::Nexconn(_) => Api::Nexconn,
            Self::Tencent(_) => Api::Tencent,
            Self::Unknown(api) => api,
        }
    }
}

impl Service {
    /// The apis under the rules that the options leave: the documents', then readings, then the fault.
    pub(crate) fn new(options: &Options) -> Self {
        let mut rongcloud = rongcloud::rules();
        let mut nexconn = nexconn::rules();
        let mut tencent = tencent::rules();
        options.readings.apply(&mut rongcloud, &mut nexconn, &mut tencent);
        if let Some(fault) = options.fault {
            fault.apply(&mut rongcloud, &mut nexconn, &mut tencent);
        }
        let gates = |throttle: Option<Law>, count: usize| -> Vec<Gate> {
            (0..count).map(|_| Gate::new(throttle.unwrap_or(options.limiter))).collect()
        };
        Self {
            gates: [
                gates(rongcloud.throttle, rongcloud::Operation::ALL.len()),
                gates(nexconn.throttle, nexconn::Operation::ALL.len()),
                gates(tencent.throttle, tencent::Operation::ALL.len()),
            ],
            rongcloud: profile::Host::new(rongcloud, options),
            nexconn: profile::Host::new(nexconn, options),
            tencent: tencent::Host::new(tencent, options),
        }
    }

    /// The limiter of an endpoint; unknown addresses have none.
    pub(crate) fn gate(&self, address: Address) -> Option<&Gate> {
        let [rongcloud, nexconn, tencent] = &self.gates;
        match address {
            Address::Rongcloud(operation) => rongcloud.get(operation as usize),
            Address::Nexconn(operation) => nexconn.get(operation as usize),
            Address::Tencent(operation) => tencent.get(operation as usize),
            Address::Unknown(_) => None,
        }
    }

    /// What a request is answered.
    pub(crate) fn answer(&self, address: Address, incoming: &Incoming<'_>) -> Answer {
        match address {
            Address::Rongcloud(operation) => rongcloud::answer(&self.rongcloud, operation, incoming),
            Address::Nexconn(operation) => nexconn::answer(&self.nexconn, operation, incoming),
            Address::Tencent(operation) => tencent::answer(&self.tencent, operation, incoming),
            Address::Unknown(_) => self.turned_away(address, Reason::Address),
        }
    }

    /// What a request is answered that nobody looks into.
    pub(crate) fn turned_away(&self, address: Address, reason: Reason) -> Answer {
        let (place, code, message) = match reason {
            Reason::Address => (Place::Address, profile::codes::ADDRESS, "not a valid address"),
            Reason::Rate => (Place::Rate, profile::codes::RATE, "too many requests"),
            Reason::Size => (Place::Parameter("body"), profile::codes::SIZE, "the body is too large"),
        };
        let refusal = profile::Refusal { code, place, message: message.to_owned() };
        match address.api() {
            Api::Rongcloud => self.rongcloud.rules.reply.refusal(&refusal),
            Api::Nexconn => self.nexconn.rules.reply.refusal(&refusal),
            Api::Tencent => {
                let reply = &self.tencent.rules.reply;
                let code = match reason {
                    Reason::Address => reply.address_code,
                    Reason::Rate => reply.limited_code,
                    Reason::Size => tencent::codes::SIZE,
                };
                reply.refusal(&tencent::Refusal::new(code, message))
            }
        }
    }
}

/// Why nobody looks into a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// There is no such endpoint.
    Address,
    /// There were too many.
    Rate,
    /// The body is larger than the server takes.
    Size,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_to_its_own_endpoint() {
        for operation in rongcloud::Operation::ALL {
            assert_eq!(Address::of(operation.path()), Address::Rongcloud(operation));
        }
        for operation in nexconn::Operation::ALL {
            assert_eq!(Address::of(operation.path()), Address::Nexconn(operation));
        }
        for operation in tencent::Operation::ALL {
            assert_eq!(Address::of(operation.path()), Address::Tencent(operation));
        }
    }

    #[test]
    fn an_unknown_path_belongs_to_the_api_whose_paths_begin_alike() {
        for (path, api) in [
            ("/", Api::Rongcloud),
            ("/user/profile/set", Api::Rongcloud),
            ("/user/profile/set.json/", Api::Rongcloud),
            ("/v4/user/profile/Set", Api::Nexconn),
            ("/v4/all_member_push/im_set", Api::Tencent),
            ("/v4/openim/sendmsg", Api::Tencent),
        ] {
            assert_eq!(Address::of(path), Address::Unknown(api), "{path}");
        }
    }

    #[test]
    fn every_endpoint_has_a_limiter_of_its_own_and_a_throttling_fault_replaces_it() {
        let fault = "nexconn/throttled".parse().ok();
        let service = Service::new(&Options { fault, limiter: Law::Concurrency { limit: 1 }, ..Options::default() });
        let busy = |address| {
            let gate = service.gate(address).unwrap();
            (0..2).any(|_| gate.decide() == crate::reference::limiter::Decision::Refuse)
        };
        assert!(busy(Address::Rongcloud(rongcloud::Operation::Set)));
        assert!(busy(Address::Rongcloud(rongcloud::Operation::BatchQuery)));
        assert!(busy(Address::Tencent(tencent::Operation::SetAttr)));
        assert!(!busy(Address::Nexconn(nexconn::Operation::Set)));
        assert!(service.gate(Address::Unknown(Api::Nexconn)).is_none());
    }
}
