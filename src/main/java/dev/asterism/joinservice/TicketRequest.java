package dev.asterism.joinservice;

import dev.asterism.crypto.SshPublicKey;
import dev.asterism.keys.KeyIds;
import dev.asterism.kubernetes.CsrException;
import dev.asterism.kubernetes.JoiningNode;
import dev.asterism.kubernetes.KubeletCertificates;
import dev.asterism.kubernetes.KubeletCertificates.Wanted;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.rpc.CallException;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a node asks for, read and found well-formed before anything is done for it.
 *
 * @param diskKeyId the id of its state disk's key
 * @param nodeName as Kubernetes will call it, from the certificate request
 * @param csr PKCS#10, DER
 * @param hostKey empty where no host certificate is wanted
 * @param principals for the host certificate, in lower case, no doubles
 * @param addresses for the kubelet's certificate, IP literals
 * @param dnsNames as the certificate request has them; no certificate gets them
 */
record TicketRequest(
    String diskKeyId,
    String nodeName,
    Bytes csr,
    boolean controlPlane,
    Optional<SshPublicKey> hostKey,
    List<String> principals,
    List<String> addresses,
    List<String> dnsNames) {

  private static final int MAX_PRINCIPALS = 64;

  /**
   * A host name or an address. OpenSSH takes {@code *} and {@code ?} in host certificates for
   * patterns, so that one node could pass for all hosts.
   */
  private static final Pattern PRINCIPAL = Pattern.compile("[a-z0-9_:][-a-z0-9_.:%]{0,252}");

  static TicketRequest parse(IssueJoinTicketRequest request)
      throws MalformedException, CallException {
    String diskKeyId = KeyIds.stateDisk(request.getDiskUuid());
    Bytes csr = Bytes.of(request.getCertificateRequest().toByteArray());
    Wanted kubelet;
    try {
      kubelet = KubeletCertificates.wanted(csr);
    } catch (CsrException e) {
      throw new CallException(Status.Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    }
    if (!request.getIsControlPlane() && kubelet.nodeName().equals(JoiningNode.CONTROL_PLANE)) {
      // Its announcement would pass for that of the control plane that is joining.
      throw new CallException(
          Status.Code.INVALID_ARGUMENT, "no worker may be named " + JoiningNode.CONTROL_PLANE);
    }
    Bytes hostKey = Bytes.of(request.getHostPublicKey().toByteArray());
    boolean host = !hostKey.isEmpty();
    return new TicketRequest(
        diskKeyId,
        kubelet.nodeName(),
        csr,
        request.getIsControlPlane(),
        host ? Optional.of(SshPublicKey.parseWire(hostKey)) : Optional.empty(),
        host ? principals(request.getHostCertificatePrincipalsList()) : List.of(),
        kubelet.addresses(),
        kubelet.dnsNames());
  }

  private static List<String> principals(List<String> requested) throws MalformedException {
    String field = "host_certificate_principals";
    if (requested.size() > MAX_PRINCIPALS) {
      throw new MalformedException(field, "has more than " + MAX_PRINCIPALS + " names");
    }
    Set<String> names = new LinkedHashSet<>();
    for (String name : requested) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!PRINCIPAL.matcher(lower).matches()) {
        throw new MalformedException(field, "has something that is no host name or address");
      }
      names.add(lower);
    }
    return List.copyOf(names);
  }
}
