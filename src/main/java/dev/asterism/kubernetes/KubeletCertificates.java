package dev.asterism.kubernetes;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Request;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.CertificateRequests.Parsed;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Signs kubelet certificates (wire contract, section 7), and nothing that is none. */
public final class KubeletCertificates {
  /** For clocks that run behind ours. */
  static final Duration BEFORE = Duration.ofHours(2);

  static final Duration VALIDITY = Duration.ofDays(365);

  private static final String ORGANIZATION = "system:nodes";
  private static final String COMMON_NAME_PREFIX = "system:node:";

  /** Nodes have a few; a certificate with thousands is somebody's joke. */
  private static final int MAX_ADDRESSES = 64;

  private final CertificateAuthority authority;
  private final InstantSource clock;

  public KubeletCertificates(CertificateAuthority authority, InstantSource clock) {
    this.authority = authority;
    this.clock = clock;
  }

  /**
   * Signs a request's subject and addresses, and nothing else of it.
   *
   * @param csr DER PKCS#10
   * @return the certificate, PEM
   * @throws CsrException if the request is not a kubelet's
   */
  public String sign(Bytes csr) throws CsrException {
    Parsed request = checked(csr);
    Instant now = clock.instant();
    return Pem.encode(
        authority.issue(
            new Request(
                request.key(),
                request.subject(),
                now.minus(BEFORE),
                now.plus(VALIDITY),
                Usage.KUBELET,
                List.of(),
                request.ipAddresses())));
  }

  /**
   * The name of the node that asks, as Kubernetes will call it (the request has the provider's
   * spelling).
   *
   * @throws CsrException if the request is not a kubelet's
   */
  public static String nodeName(Bytes csr) throws CsrException {
    return name(checked(csr));
  }

  /**
   * What a request is for.
   *
   * @param nodeName see {@link #nodeName}
   * @param dnsNames no certificate gets them
   * @param addresses IP literals
   */
  public record Wanted(String nodeName, List<String> dnsNames, List<String> addresses) {
    public Wanted {
      dnsNames = List.copyOf(dnsNames);
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * @throws CsrException if the request is not a kubelet's
   */
  public static Wanted wanted(Bytes csr) throws CsrException {
    Parsed request = checked(csr);
    return new Wanted(name(request), request.dnsNames(), request.ipAddresses());
  }

  private static Parsed checked(Bytes csr) throws CsrException {
    Parsed request;
    try {
      request = CertificateRequests.parse(csr);
    } catch (MalformedException e) {
      throw new CsrException(String.valueOf(e.getMessage()));
    }
    if (!request.p256()) {
      throw new CsrException("certificate_request: the key is not on P-256");
    }
    if (!request.values(CertificateRequests.ORGANIZATION).equals(List.of(ORGANIZATION))) {
      throw new CsrException(
          "certificate_request: the subject must have one organisation, " + ORGANIZATION);
    }
    if (request.values(CertificateRequests.COMMON_NAME).size() != 1
        || request.attributes().size() != 2) {
      throw new CsrException(
          "certificate_request: the subject must have one common name, and nothing beside it and"
              + " the organisation");
    }
    if (request.ipAddresses().size() > MAX_ADDRESSES) {
      throw new CsrException(
          "certificate_request: asks for more than " + MAX_ADDRESSES + " addresses");
    }
    name(request);
    return request;
  }

  private static String name(Parsed request) throws CsrException {
    String commonName = request.values(CertificateRequests.COMMON_NAME).getFirst();
    if (!commonName.startsWith(COMMON_NAME_PREFIX)) {
      throw new CsrException(
          "certificate_request: the common name must be " + COMMON_NAME_PREFIX + "<node name>");
    }
    try {
      return NodeNames.normalize(commonName.substring(COMMON_NAME_PREFIX.length()));
    } catch (MalformedException e) {
      throw new CsrException("certificate_request: the " + e.getMessage());
    }
  }
}
