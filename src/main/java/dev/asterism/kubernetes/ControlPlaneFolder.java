package dev.asterism.kubernetes;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A control plane's {@code /etc/kubernetes}: what a join-service takes from the machine it runs on.
 * Everything is read when it is asked for, so that a rotated file counts at once, and this may
 * start before the node is a control plane.
 */
public final class ControlPlaneFolder {
  private static final int MAX_FILE = 1024 * 1024;

  private final Path adminConf;
  private final Path pki;
  private final InstantSource clock;
  private volatile @Nullable LoadedAuthority loaded;

  /**
   * @param folder {@code /etc/kubernetes}, with {@code admin.conf} and {@code pki}
   */
  public ControlPlaneFolder(Path folder, InstantSource clock) {
    this.adminConf = folder.resolve("admin.conf");
    this.pki = folder.resolve("pki");
    this.clock = clock;
  }

  /**
   * @param digest of certificate and key as they were in their files
   */
  private record LoadedAuthority(Bytes digest, CertificateAuthority authority, TokenKey tokenKey) {}

  /** The pin of the CA that {@code admin.conf} trusts. */
  public CaPin caPin() throws IOException {
    String kubeconfig = text(adminConf);
    try {
      return CaPin.of(Kubeconfig.authority("admin.conf", kubeconfig));
    } catch (MalformedException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The API server as {@code admin.conf} has it, {@code host:port}. */
  public String apiServerEndpoint() throws IOException {
    String kubeconfig = text(adminConf);
    try {
      return Kubeconfig.server("admin.conf", kubeconfig);
    } catch (MalformedException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  /** See {@link ClusterAccess#signKubeletCertificate}. */
  public String signKubeletCertificate(Bytes csr) throws IOException, CsrException {
    return new KubeletCertificates(loaded().authority(), clock).sign(csr);
  }

  /** What machines' bootstrap tokens are made with. */
  public TokenKey tokenKey() throws IOException {
    return loaded().tokenKey();
  }

  /** The eight files that all control planes share. */
  public List<ClusterAccess.ControlPlaneFile> files() throws IOException {
    return ControlPlaneFiles.read(pki);
  }

  /** The authority as it is on the disk; parsed and tried out only where it is another one. */
  private LoadedAuthority loaded() throws IOException {
    Bytes certificate = ControlPlaneFiles.read(pki, "ca.crt");
    Bytes keyPem = ControlPlaneFiles.read(pki, "ca.key");
    Bytes digest = Digests.SHA256.of(certificate, keyPem);
    LoadedAuthority last = loaded;
    if (last != null && last.digest().equals(digest)) {
      return last;
    }
    try (Secret key = Secret.copyOf(keyPem)) {
      CertificateAuthority authority =
          CertificateAuthority.load(new String(certificate.toArray(), StandardCharsets.UTF_8), key);
      LoadedAuthority now = new LoadedAuthority(digest, authority, TokenKey.of(key));
      loaded = now;
      return now;
    } catch (MalformedException e) {
      throw new IOException(pki + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    try {
      return new String(AtomicFile.read(file, MAX_FILE).toArray(), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new IOException(file + " does not exist: is this node a control plane yet?", e);
    }
  }
}
