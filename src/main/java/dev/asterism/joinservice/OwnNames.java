package dev.asterism.joinservice;

import dev.asterism.kubernetes.IpRange;
import dev.asterism.kubernetes.NodeNames;
import dev.asterism.wire.MalformedException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Which names and addresses a node may have certified: its own. Whether an address is another
 * node's, the admission records know.
 */
final class OwnNames {
  private static final String CSR = "certificate_request";
  private static final String PRINCIPALS = "host_certificate_principals";

  /** Of one node; whoever could claim any number would keep others out. */
  private static final int MAX_ADDRESSES = 16;

  /** 240.0.0.0/4, and the broadcast address in it. */
  private static final int RESERVED = 240;

  private OwnNames() {}

  /**
   * The addresses that a request claims, written in one way each. Loopback addresses are no claim:
   * they lead nowhere but to the machine itself.
   */
  static List<String> claimed(TicketRequest request) throws MalformedException {
    Set<String> claimed = new LinkedHashSet<>();
    for (String text : request.addresses()) {
      InetAddress address = literal(CSR, text);
      if (!address.isLoopbackAddress()) {
        claimed.add(address.getHostAddress());
      }
    }
    return List.copyOf(claimed);
  }

  /**
   * @param own addresses that the node was admitted with before: of the first control plane, the
   *     API server's may be one
   * @param apiServer hosts by which the API server is reached
   * @throws MalformedException naming what is not the node's to ask for
   */
  static void check(
      TicketRequest request, List<String> own, List<IpRange> services, List<String> apiServer)
      throws MalformedException {
    for (String name : request.dnsNames()) {
      if (!names(name, request.nodeName())) {
        throw new MalformedException(CSR, "asks for a DNS name that is not the node's own");
      }
    }
    List<String> claimed = claimed(request);
    if (claimed.size() > MAX_ADDRESSES) {
      throw new MalformedException(CSR, "asks for more than " + MAX_ADDRESSES + " addresses");
    }
    Set<String> api = new HashSet<>();
    apiServer.forEach(host -> api.add(canonical(host)));
    for (String text : claimed) {
      InetAddress address = literal(CSR, text);
      if (isNoMachines(address)) {
        throw new MalformedException(CSR, "asks for an address that is no machine's");
      }
      if (services.stream().anyMatch(range -> range.contains(address))) {
        throw new MalformedException(CSR, "asks for an address in the range of the services");
      }
      if (!own.contains(text) && api.contains(text)) {
        throw new MalformedException(CSR, "asks for the address of the API server");
      }
    }
    principals(request);
  }

  /** What no router would lead to one machine of a cluster, metadata servers' addresses too. */
  private static boolean isNoMachines(InetAddress address) {
    int first = address.getAddress()[0] & 0xff;
    boolean reserved = address instanceof Inet4Address && (first == 0 || first >= RESERVED);
    return reserved
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || address.isLinkLocalAddress();
  }

  private static void principals(TicketRequest request) throws MalformedException {
    Set<InetAddress> addresses = new LinkedHashSet<>();
    for (String text : request.addresses()) {
      addresses.add(literal(CSR, text));
    }
    for (String principal : request.principals()) {
      if (!names(principal, request.nodeName()) && !isOneOf(principal, addresses)) {
        throw new MalformedException(
            PRINCIPALS,
            "has something that is neither the node's own name nor an address of its certificate"
                + " request");
      }
    }
  }

  /** The provider's spelling counts as well as Kubernetes'. */
  private static boolean names(String text, String nodeName) {
    try {
      return NodeNames.normalize(text).equals(nodeName);
    } catch (MalformedException e) {
      return false;
    }
  }

  private static boolean isOneOf(String text, Set<InetAddress> addresses) {
    try {
      return addresses.contains(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * The hosts by which the API server is reached: that of its endpoint; for workers also the
   * alternative names, and where the host is a name, the addresses that it has now. Those may be
   * control planes', and whoever becomes one gets the authority's key anyway.
   *
   * @param endpoint {@code host:port}
   * @param dns the addresses of a host
   */
  static List<String> apiServer(
      String endpoint,
      boolean controlPlane,
      List<String> alternativeNames,
      Function<String, List<InetAddress>> dns) {
    String host = host(endpoint);
    if (controlPlane) {
      return List.of(host);
    }
    Set<String> hosts = new LinkedHashSet<>(List.of(host));
    dns.apply(host).forEach(address -> hosts.add(address.getHostAddress()));
    hosts.addAll(alternativeNames);
    return List.copyOf(hosts);
  }

  /** As this machine resolves it; none where it cannot: then its nodes cannot either. */
  static List<InetAddress> addressesOf(String host) {
    try {
      return List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  private static String host(String endpoint) {
    int colon = endpoint.lastIndexOf(':');
    return (colon < 0 ? endpoint : endpoint.substring(0, colon)).replaceAll("[\\[\\]]", "");
  }

  /** In the spelling of {@link #claimed}; a name stays as it is, and is no address. */
  private static String canonical(String host) {
    try {
      return InetAddress.ofLiteral(host).getHostAddress();
    } catch (IllegalArgumentException e) {
      return host;
    }
  }

  private static InetAddress literal(String field, String text) throws MalformedException {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(field, "has an address that is none");
    }
  }
}
