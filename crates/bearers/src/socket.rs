//! UDP sockets as the `udp` and `quic` bearers want them.
//!
//! Owns binding, buffer sizes and the two families of addresses. Knows nothing of frames.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use rustix::net::sockopt::{self, Ipv4PathMtuDiscovery, Ipv6PathMtuDiscovery};
use rustix::net::{AddressFamily, SocketFlags, SocketType};

use crate::StartError;

/// Binds a socket. One bound to `[::]` carries IPv4 as well.
///
/// # Errors
///
/// [`StartError::Machine`] if the address is in use, is not ours, or its family is switched off.
pub(crate) fn bind(address: SocketAddr) -> Result<UdpSocket, StartError> {
    let refused = |source: rustix::io::Errno| StartError::Machine {
        doing: "bind the address of the bearer",
        source: source.into(),
    };
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket =
        rustix::net::socket_with(family, SocketType::DGRAM, flags, None).map_err(refused)?;
    if family == AddressFamily::INET6 {
        sockopt::set_ipv6_v6only(&socket, false).map_err(refused)?;
    }
    rustix::net::bind(&socket, &address).map_err(refused)?;
    // A burst waits in the system's buffer while the station writes to its disk. More than the
    // system's own bound needs a privilege, and is not an error without it.
    if sockopt::set_socket_recv_buffer_size_force(&socket, BUFFER_BYTES).is_err() {
        let _bounded = sockopt::set_socket_recv_buffer_size(&socket, BUFFER_BYTES);
    }
    if sockopt::set_socket_send_buffer_size_force(&socket, BUFFER_BYTES).is_err() {
        let _bounded = sockopt::set_socket_send_buffer_size(&socket, BUFFER_BYTES);
    }
    Ok(UdpSocket::from(socket))
}

/// Lets routers cut datagrams that are too long for a path, instead of dropping them unheard of.
pub(crate) fn let_routers_fragment(socket: &UdpSocket) {
    let four = sockopt::set_ip_mtu_discover(socket, Ipv4PathMtuDiscovery::DONT);
    let six = sockopt::set_ipv6_mtu_discover(socket, Ipv6PathMtuDiscovery::DONT);
    if four.is_err() && six.is_err() {
        tracing::debug!("long datagrams are not cut on their way");
    }
}

/// The peer's address in the family of our socket.
pub(crate) fn in_family_of(ours: SocketAddr, peer: SocketAddr) -> SocketAddr {
    match (ours.is_ipv6(), peer.ip()) {
        (true, IpAddr::V4(ip)) => SocketAddr::new(ip.to_ipv6_mapped().into(), peer.port()),
        (true, IpAddr::V6(_)) => peer,
        (false, ip) => SocketAddr::new(ip.to_canonical(), peer.port()),
    }
}

/// An address as people write it: IPv4 as IPv4.
pub(crate) fn as_written(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Bytes that the system is asked to hold for a socket, each way.
const BUFFER_BYTES: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_change_family_and_come_back() {
        let four: SocketAddr = "192.0.2.1:4701".parse().unwrap();
        let six: SocketAddr = "[2001:db8::1]:4701".parse().unwrap();
        let any_six: SocketAddr = "[::]:0".parse().unwrap();
        let any_four: SocketAddr = "0.0.0.0:0".parse().unwrap();

        assert!(in_family_of(any_six, four).is_ipv6());
        assert_eq!(as_written(in_family_of(any_six, four)), four);
        assert_eq!(in_family_of(any_four, in_family_of(any_six, four)), four);
        assert_eq!(in_family_of(any_six, six), six);
    }

    #[test]
    fn address_in_use_is_the_operators_to_free() {
        let first = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let second = bind(first.local_addr().unwrap());
        assert!(matches!(second, Err(StartError::Machine { .. })));
    }
}
