//! Packages of Erlang and Elixir: <https://github.com/hexpm/specifications>.
//!
//! Owns the rows of Hex's packages and of the applications that come with Erlang/OTP and Elixir themselves.

mod applications;
mod locks;
mod terms;

use plimsoll_model::{Presence, Reader, Wants};

use crate::language::{self, LANGUAGE};
use crate::{Ecosystem, versions};

pub(super) const HEX: Ecosystem = Ecosystem {
    id: "hex",
    about: "Packages of Erlang and Elixir: built applications, and those that lock files choose",
    readers: &[
        Reader {
            id: "hex/app",
            version: 1,
            wants: Wants::local(&["**/ebin/*.app"]),
            presence: Presence::Installed,
            read: applications::read,
        },
        Reader {
            id: "hex/mix",
            version: 1,
            wants: Wants::local(&["**/mix.lock"]),
            presence: Presence::Locked,
            read: locks::read_mix,
        },
        Reader {
            id: "hex/rebar",
            version: 1,
            wants: Wants::local(&["**/rebar.lock"]),
            presence: Presence::Locked,
            read: locks::read_rebar,
        },
    ],
    normal_name: language::lower_case,
    compare: versions::hex::compare,
    satisfies: versions::hex::satisfies,
    ..LANGUAGE
};

/// Read by `hex/app`, which tells them from packages. They have versions of their own, which no public advisory names.
pub(super) const OTP: Ecosystem = Ecosystem {
    id: "otp",
    about: "Applications that are part of Erlang/OTP and Elixir; `hex/app` reads them. Nobody publishes advisories about \
            them by these versions",
    normal_name: language::lower_case,
    compare: versions::generic::compare,
    satisfies: versions::generic::satisfies,
    advisory_spaces: |_, _| Vec::new(),
    ..LANGUAGE
};
