package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class PeersTest {
  @Test
  void readsAnAddressOutOfHostAndPort() {
    assertEquals(InetAddress.ofLiteral("10.0.0.1"), Peers.inetAddress("10.0.0.1:4711"));
    assertEquals(InetAddress.ofLiteral("2001:db8::1"), Peers.inetAddress("[2001:db8::1]:4711"));
    assertEquals(InetAddress.ofLiteral("fe80::1"), Peers.inetAddress("[fe80::1%eth0]:4711"));
    assertTrue(Peers.inetAddress("unknown").isLoopbackAddress());
    assertFalse(Peers.inetAddress("10.0.0.1:1").isLoopbackAddress());
  }
}
