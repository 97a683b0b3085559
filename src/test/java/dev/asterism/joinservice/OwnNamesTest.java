package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.IpRange;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnNamesTest {
  private static TicketRequest request(
      List<String> addresses, List<String> dnsNames, List<String> principals) {
    return new TicketRequest(
        "disk", "worker-1", Bytes.EMPTY, false, Optional.empty(), principals, addresses, dnsNames);
  }

  private static void check(TicketRequest request) throws MalformedException {
    OwnNames.check(
        request,
        List.of(),
        IpRange.parse("services", "10.96.0.0/12,fd00:96::/112"),
        List.of("192.0.2.10", "fd00:0::a", "api.example.com"));
  }

  private static void assertRefused(String part, TicketRequest request) {
    var error = assertThrows(MalformedException.class, () -> check(request));
    assertTrue(error.getMessage().contains(part), error.getMessage());
  }

  @Test
  void takesWhatIsTheNodesOwn() throws Exception {
    check(
        request(
            List.of("10.0.0.9", "fd00::9", "127.0.0.1"),
            List.of("worker-1", "Worker_1"),
            List.of("worker_1", "worker-1", "10.0.0.9", "fd00:0::9", "127.0.0.1")));
    check(request(List.of(), List.of(), List.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "10.96.0.1, range of the services",
    "10.111.255.255, range of the services",
    "fd00:96::1, range of the services",
    "192.0.2.10, API server",
    "fd00::a, API server",
    "0.1.2.3, no machine's",
    "255.255.255.255, no machine's",
    "240.0.0.1, no machine's",
    "169.254.169.254, no machine's",
    "fe80::1, no machine's",
    "0.0.0.0, no machine's",
    "::, no machine's",
    "224.0.0.1, no machine's",
    "ff02::1, no machine's",
    "elsewhere, that is none",
  })
  void refusesAddressesThatAreNoNodes(String address, String reason) {
    assertRefused(reason, request(List.of("10.0.0.9", address), List.of(), List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kubernetes", "kubernetes.default.svc", "worker-2", "worker-1.svc", "*"})
  void refusesDnsNamesOfOthers(String name) {
    assertRefused("not the node's own", request(List.of(), List.of("worker-1", name), List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker-2", "10.0.0.8", "api.example.com", "fe80::1%eth0", "worker-1.b"})
  void refusesPrincipalsOfOthers(String principal) {
    assertRefused(
        "host_certificate_principals",
        request(List.of("10.0.0.9"), List.of(), List.of("worker-1", principal)));
  }

  /** The first control plane may be where the API server is. */
  @Test
  void aNodeKeepsTheApiServersAddressWhereItHadIt() throws Exception {
    OwnNames.check(
        request(List.of("192.0.2.10"), List.of(), List.of("192.0.2.10")),
        List.of("192.0.2.10"),
        List.of(),
        List.of("192.0.2.10", "fd00:0::a", "api.example.com"));
  }

  @Test
  void readsTheApiServersHost() {
    for (boolean controlPlane : new boolean[] {false, true}) {
      assertEquals(List.of("fd00::a"), hosts("[fd00::a]:6443", controlPlane));
      assertEquals(List.of("192.0.2.10"), hosts("192.0.2.10:6443", controlPlane));
    }
  }

  /** The name may lead to a control plane that is about to join. */
  @Test
  void noWorkerHasAnAddressThatTheApiServersNameLeadsTo() {
    assertEquals(
        List.of("api.example.com", "192.0.2.1", "192.0.2.2"), hosts("api.example.com:6443", false));
    assertEquals(List.of("api.example.com"), hosts("api.example.com:6443", true));
  }

  private static List<String> hosts(String endpoint, boolean controlPlane) {
    return OwnNames.apiServer(
        endpoint,
        controlPlane,
        List.of(),
        host ->
            host.equals("api.example.com")
                ? List.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("192.0.2.2"))
                : List.of());
  }

  @Test
  void aHostIsLookedUpWhereItCanBe() {
    assertTrue(OwnNames.addressesOf("localhost").contains(InetAddress.getLoopbackAddress()));
    assertEquals(List.of(InetAddress.ofLiteral("192.0.2.1")), OwnNames.addressesOf("192.0.2.1"));
    assertEquals(List.of(), OwnNames.addressesOf("no such host.invalid"));
  }

  @Test
  void aNodeHasAFewAddressesOnly() throws Exception {
    List<String> all = IntStream.rangeClosed(1, 17).mapToObj(i -> "10.0.1." + i).toList();
    check(request(all.subList(0, 16), List.of(), List.of()));
    assertRefused("more than 16", request(all, List.of(), List.of()));
  }

  @Test
  void claimsAddressesInOneSpellingAndNoLoopback() throws Exception {
    assertEquals(
        List.of("10.0.0.9", "fd00:0:0:0:0:0:0:9"),
        OwnNames.claimed(
            request(
                List.of("10.0.0.9", "127.0.0.1", "::1", "fd00::9", "FD00::0009"),
                List.of(),
                List.of())));
  }
}
