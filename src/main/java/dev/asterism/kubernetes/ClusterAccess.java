package dev.asterism.kubernetes;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What the join-service asks of the cluster it admits nodes to (wire contract, section 7). */
public interface ClusterAccess {
  /** A bootstrap token that authenticates a kubelet's first contact. */
  BootstrapToken createToken(Duration ttl) throws IOException;

  /**
   * The token of a machine's ticket: the same, whichever join-service is asked, and however often.
   * A machine never has more than {@link TokenHolder#PLACES}.
   *
   * @param ttl from the ticket's beginning on
   */
  BootstrapToken createToken(Duration ttl, TokenHolder holder, TicketNumber ticket)
      throws IOException;

  /** {@code sha256:<hex of the SHA-256 over the cluster CA's SubjectPublicKeyInfo>}. */
  String caCertHash() throws IOException;

  /** The API server as nodes reach it, {@code host:port}. */
  String apiServerEndpoint() throws IOException;

  /**
   * Signs a kubelet's certificate.
   *
   * @param csr DER PKCS#10: P-256, O=system:nodes, CN=system:node:&lt;name&gt;
   * @return the certificate, PEM
   * @throws CsrException if the request asks for anything else
   */
  String signKubeletCertificate(Bytes csr) throws IOException, CsrException;

  /** What the joining node must install, as the cluster runs it now. */
  Components components() throws IOException;

  /** Extra names of the API server, which every node's SSH host certificate carries too. */
  List<String> apiServerCertSans() throws IOException;

  /** Where services get their addresses, {@code 10.96.0.0/12}; empty where that is not known. */
  String serviceCidr() throws IOException;

  /** Whether the cluster has a node of this name. */
  boolean hasNode(String name) throws IOException;

  /** Who was admitted as what. */
  AdmissionRecords admissions();

  /** The eight key and certificate files that a control plane needs. */
  List<ControlPlaneFile> controlPlaneFiles() throws IOException;

  /**
   * Records who is about to join.
   *
   * @param attester what its evidence proves of the machine, such as its attestation key's name;
   *     empty where that is nothing. A control plane that asks again, because it was restarted on
   *     the way, is known by it
   * @throws JoinInProgressException if it is a control plane and another one is joining
   */
  void registerJoiningNode(
      String name, String componentsReference, boolean controlPlane, String attester)
      throws IOException;

  /**
   * @param name relative to {@code /etc/kubernetes/pki}: {@code etcd/ca.key}
   */
  record ControlPlaneFile(String name, Bytes content) {
    /** The name: the content may be a private key. */
    @Override
    public String toString() {
      return "ControlPlaneFile(" + name + ", " + content.length() + " bytes)";
    }
  }

  /**
   * @param reference the ConfigMap's name, {@code k8s-components-sha256-…}
   */
  record Components(String reference, String clusterVersion, List<Component> list) {
    public Components {
      list = List.copyOf(list);
    }
  }
}
