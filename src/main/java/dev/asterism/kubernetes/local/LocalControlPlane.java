package dev.asterism.kubernetes.local;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Request;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/**
 * The programs of one control plane on this machine's loopback address, and the files they need
 * beyond what kubeadm makes in {@code /etc/kubernetes/pki}. Starts nothing: whoever does, names the
 * programs' lines.
 */
public final class LocalControlPlane {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration BEFORE = Duration.ofHours(2);
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final int MAX_FILE = 64 * 1024;

  /** Where services get their addresses. */
  public static final String SERVICES = "10.96.0.0/12";

  private final LocalPrograms programs;
  private final Path pki;
  private final Path state;
  private final Ports ports;
  private final InstantSource clock;

  /** On the loopback address. */
  public record Ports(int apiServer, int etcd, int etcdPeer) {}

  /**
   * A program and its arguments, of which none is a secret.
   *
   * @param name as its log is called
   */
  public record Line(String name, Path program, List<String> arguments) {
    public Line {
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * @param pki with {@code ca}, {@code etcd/ca} and {@code sa}: as after kubeadm init
   * @param state where etcd keeps its data, and the credentials made here are
   */
  public LocalControlPlane(
      LocalPrograms programs, Path pki, Path state, Ports ports, InstantSource clock) {
    this.programs = programs;
    this.pki = pki;
    this.state = state;
    this.ports = ports;
    this.clock = clock;
  }

  /** {@code host:port} of the API server. */
  public String endpoint() {
    return LOOPBACK + ":" + ports.apiServer();
  }

  /** An admin's kubeconfig, made by {@link #prepare}. */
  public Path adminKubeconfig() {
    return state.resolve("admin.conf");
  }

  /** Makes certificates and kubeconfigs. */
  public void prepare() throws IOException {
    CertificateAuthority cluster = load("ca");
    CertificateAuthority etcd = load("etcd/ca");
    issue(etcd, "etcd", "CN=etcd", Usage.KUBELET);
    issue(etcd, "etcd-client", "CN=kube-apiserver", Usage.CLIENT);
    issue(cluster, "apiserver", "CN=kube-apiserver", Usage.SERVER);
    kubeconfig(cluster, adminKubeconfig(), "CN=kubernetes-admin,O=system:masters");
    kubeconfig(cluster, controllerManagerKubeconfig(), "CN=system:kube-controller-manager");
  }

  private Path controllerManagerKubeconfig() {
    return state.resolve("controller-manager.conf");
  }

  private CertificateAuthority load(String name) throws IOException {
    try (Secret key = Secret.copyOf(AtomicFile.read(pki.resolve(name + ".key"), MAX_FILE))) {
      byte[] pem = AtomicFile.read(pki.resolve(name + ".crt"), MAX_FILE).toArray();
      return CertificateAuthority.load(new String(pem, StandardCharsets.UTF_8), key);
    } catch (MalformedException e) {
      throw new IOException(pki.resolve(name) + ": " + e.getMessage(), e);
    }
  }

  private X509Certificate certificate(
      CertificateAuthority authority, KeyPair pair, String subject, Usage usage) {
    Instant now = clock.instant();
    return authority.issue(
        new Request(
            pair.getPublic(),
            subject,
            now.minus(BEFORE),
            now.plus(VALIDITY),
            usage,
            List.of("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"),
            List.of(LOOPBACK, "10.96.0.1")));
  }

  private void issue(CertificateAuthority authority, String name, String subject, Usage usage)
      throws IOException {
    KeyPair pair = KeyPairs.ecP256();
    try (Secret key = Pem.encode(pair.getPrivate())) {
      byte[] pem = key.expose();
      AtomicFile.write(key(name), pem, AtomicFile.PRIVATE);
      Arrays.fill(pem, (byte) 0);
    }
    AtomicFile.write(
        crt(name), Pem.encode(certificate(authority, pair, subject, usage)), AtomicFile.PUBLIC);
  }

  /** One for a client certificate of the cluster's CA. */
  private void kubeconfig(CertificateAuthority authority, Path file, String subject)
      throws IOException {
    KeyPair pair = KeyPairs.ecP256();
    X509Certificate certificate = certificate(authority, pair, subject, Usage.CLIENT);
    try (Secret key = Pem.encode(pair.getPrivate())) {
      AtomicFile.write(
          file,
          Kubeconfig.embedded(
              "kubernetes", endpoint(), authority.certificate(), "local", certificate, key),
          AtomicFile.PRIVATE);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path crt(String name) {
    return state.resolve(name + ".crt");
  }

  private Path key(String name) {
    return state.resolve(name + ".key");
  }

  public Line etcd() {
    String clients = "https://" + LOOPBACK + ":" + ports.etcd();
    String peers = "https://" + LOOPBACK + ":" + ports.etcdPeer();
    Path ca = pki.resolve("etcd/ca.crt");
    return new Line(
        "etcd",
        programs.etcd(),
        List.of(
            "--name=local",
            "--data-dir=" + state.resolve("etcd"),
            "--listen-client-urls=" + clients,
            "--advertise-client-urls=" + clients,
            "--listen-peer-urls=" + peers,
            "--initial-advertise-peer-urls=" + peers,
            "--initial-cluster=local=" + peers,
            "--client-cert-auth",
            "--trusted-ca-file=" + ca,
            "--cert-file=" + crt("etcd"),
            "--key-file=" + key("etcd"),
            "--peer-client-cert-auth",
            "--peer-trusted-ca-file=" + ca,
            "--peer-cert-file=" + crt("etcd"),
            "--peer-key-file=" + key("etcd")));
  }

  public Line apiServer() {
    return new Line(
        "kube-apiserver",
        programs.apiServer(),
        List.of(
            "--bind-address=" + LOOPBACK,
            "--advertise-address=" + LOOPBACK,
            "--secure-port=" + ports.apiServer(),
            "--tls-cert-file=" + crt("apiserver"),
            "--tls-private-key-file=" + key("apiserver"),
            "--client-ca-file=" + pki.resolve("ca.crt"),
            "--etcd-servers=https://" + LOOPBACK + ":" + ports.etcd(),
            "--etcd-cafile=" + pki.resolve("etcd/ca.crt"),
            "--etcd-certfile=" + crt("etcd-client"),
            "--etcd-keyfile=" + key("etcd-client"),
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--enable-bootstrap-token-auth=true",
            "--endpoint-reconciler-type=none",
            // An etcd before 3.4.31 does not tell a cache how far it is; reads would wait for it.
            "--watch-cache=false",
            "--service-cluster-ip-range=" + SERVICES,
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-key-file=" + pki.resolve("sa.pub"),
            "--service-account-signing-key-file=" + pki.resolve("sa.key"),
            "--allow-privileged=true",
            "--profiling=false"));
  }

  /** Only the controllers that joining needs: there are no pods here. */
  public Line controllerManager() {
    return new Line(
        "kube-controller-manager",
        programs.controllerManager(),
        List.of(
            "--kubeconfig=" + controllerManagerKubeconfig(),
            "--bind-address=" + LOOPBACK,
            "--secure-port=0",
            "--leader-elect=false",
            "--use-service-account-credentials=true",
            "--controllers=csrapproving,csrsigning,csrcleaner,bootstrapsigner,tokencleaner,"
                + "serviceaccount,root-ca-cert-publisher",
            "--cluster-signing-cert-file=" + pki.resolve("ca.crt"),
            "--cluster-signing-key-file=" + pki.resolve("ca.key"),
            "--root-ca-file=" + pki.resolve("ca.crt"),
            "--service-account-private-key-file=" + pki.resolve("sa.key"),
            "--profiling=false"));
  }
}
