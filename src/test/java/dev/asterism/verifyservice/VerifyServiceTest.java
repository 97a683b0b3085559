package dev.asterism.verifyservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class VerifyServiceTest {
  @Test
  void readsAnAddressOutOfHostAndPort() {
    assertEquals(InetAddress.ofLiteral("10.0.0.1"), VerifyService.address("10.0.0.1:4711"));
    assertEquals(InetAddress.ofLiteral("2001:db8::1"), VerifyService.address("[2001:db8::1]:4711"));
    assertEquals(InetAddress.ofLiteral("fe80::1"), VerifyService.address("[fe80::1%eth0]:4711"));
    assertTrue(VerifyService.address("unknown").isLoopbackAddress());
    assertFalse(VerifyService.address("10.0.0.1:1").isLoopbackAddress());
  }
}
