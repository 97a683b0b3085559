package dev.asterism.bootstrap;

import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.KeyIds;
import dev.asterism.kubernetes.ClusterAccess.ControlPlaneFile;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentRules;
import dev.asterism.node.NodeStateFile;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.proto.join.control_plane_cert_or_key;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a join-service gave this node, every field checked before any of it reaches a file or a
 * command line.
 *
 * @param kubeletCertificate PEM, for the key that the request had
 * @param apiServerEndpoint {@code host:port}; empty: as the metadata has it
 * @param sshCa authorized_keys line; empty where the cluster has none
 * @param hostCertificate authorized_keys line; empty where there is none
 */
record Ticket(
    Secret diskKey,
    Bytes salt,
    Secret measurementSecret,
    String kubeletCertificate,
    String apiServerEndpoint,
    String token,
    String caCertHash,
    List<ControlPlaneFile> controlPlaneFiles,
    List<Component> components,
    String sshCa,
    String hostCertificate)
    implements AutoCloseable {

  private static final Set<String> CONTROL_PLANE_FILES =
      Set.of(
          "ca.key",
          "sa.key",
          "front-proxy-ca.key",
          "etcd/ca.key",
          "ca.crt",
          "sa.pub",
          "front-proxy-ca.crt",
          "etcd/ca.crt");
  private static final Pattern TOKEN = Pattern.compile("[a-z0-9]{6}\\.[a-z0-9]{16}");
  private static final Pattern CA_HASH = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final Pattern ENDPOINT =
      Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]):[0-9]{1,5}");
  private static final Pattern SSH_LINE =
      Pattern.compile("[a-z0-9@.-]+ [A-Za-z0-9+/=]+( [ -~]*)?\n?");

  Ticket {
    controlPlaneFiles = List.copyOf(controlPlaneFiles);
    components = List.copyOf(components);
  }

  /**
   * @param key the kubelet's, as the request had it
   * @param rules what the image lets a ticket bring
   * @throws MalformedException naming the field that is wrong
   */
  static Ticket of(
      IssueJoinTicketResponse response, PublicKey key, boolean controlPlane, ComponentRules rules)
      throws MalformedException {
    Bytes salt = Texts.bytes(response.getMeasurementSalt());
    length("measurement_salt", salt.length(), NodeStateFile.SALT_LENGTH);
    length("state_disk_key", response.getStateDiskKey().size(), KeyIds.LENGTH);
    length("measurement_secret", response.getMeasurementSecret().size(), KeyIds.LENGTH);
    String kubeletCertificate = response.getKubeletCert().toStringUtf8();
    checkCertificate(kubeletCertificate, key);
    if (!response.getApiServerEndpoint().isEmpty()) {
      matches("api_server_endpoint", ENDPOINT, response.getApiServerEndpoint());
    }
    return new Ticket(
        Texts.secret(response.getStateDiskKey()),
        salt,
        Texts.secret(response.getMeasurementSecret()),
        kubeletCertificate,
        response.getApiServerEndpoint(),
        matches("token", TOKEN, response.getToken()),
        matches("discovery_token_ca_cert_hash", CA_HASH, response.getDiscoveryTokenCaCertHash()),
        controlPlaneFiles(response.getControlPlaneFilesList(), controlPlane),
        rules.check(Texts.components(response.getKubernetesComponentsList())),
        sshLine("authorized_ca_public_key", response.getAuthorizedCaPublicKey().toStringUtf8()),
        sshLine("host_certificate", response.getHostCertificate().toStringUtf8()));
  }

  private static void checkCertificate(String pem, PublicKey key) throws MalformedException {
    List<X509Certificate> certificates = Pem.certificates("kubelet_cert", pem);
    if (!certificates.getFirst().getPublicKey().equals(key)) {
      throw new MalformedException("kubelet_cert", "is for another key than this node's");
    }
  }

  private static List<ControlPlaneFile> controlPlaneFiles(
      List<control_plane_cert_or_key> files, boolean controlPlane) throws MalformedException {
    var names = new HashSet<String>();
    var checked = new ArrayList<ControlPlaneFile>();
    for (control_plane_cert_or_key file : files) {
      if (!CONTROL_PLANE_FILES.contains(file.getName()) || !names.add(file.getName())) {
        throw new MalformedException(
            "control_plane_files", "holds a file twice, or one that no control plane takes");
      }
      checked.add(new ControlPlaneFile(file.getName(), Texts.bytes(file.getData())));
    }
    if (controlPlane && !names.equals(CONTROL_PLANE_FILES)) {
      throw new MalformedException("control_plane_files", "lacks files of a control plane");
    }
    // A worker has no use for keys that were not meant for it.
    return controlPlane ? checked : List.of();
  }

  private static String sshLine(String field, String text) throws MalformedException {
    return text.isEmpty() ? "" : matches(field, SSH_LINE, text);
  }

  private static String matches(String field, Pattern form, String text) throws MalformedException {
    if (!form.matcher(text).matches()) {
      throw new MalformedException(field, "does not have the form it must have");
    }
    return text;
  }

  private static void length(String field, int actual, int expected) throws MalformedException {
    if (actual != expected) {
      throw new MalformedException(field, "has " + actual + " bytes, must have " + expected);
    }
  }

  /** Zeroes the keys. */
  @Override
  public void close() {
    diskKey.close();
    measurementSecret.close();
  }

  @Override
  public String toString() {
    return "Ticket(for " + apiServerEndpoint + ")";
  }
}
