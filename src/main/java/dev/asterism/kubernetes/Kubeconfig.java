package dev.asterism.kubernetes;

import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kubeconfigs: writes those of a node, and reads the two facts that joining needs. Not a reader of
 * YAML: it knows kubeadm's shape, one member a line, block style or JSON.
 */
public final class Kubeconfig {
  /** What needs no quotes in YAML. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9\\[][-._:\\]A-Za-z0-9]*");

  /** A line with one member and its value, each perhaps in quotes. */
  private static final Pattern MEMBER =
      Pattern.compile("[ \\t-]*\"?([A-Za-z-]+)\"?:[ \\t]*\"?([^\\s\",#]+)\"?,?[ \\t]*");

  private static final String LINE_ENDS = "\n\r\u0085\u2028\u2029";

  private Kubeconfig() {}

  /**
   * One for a client certificate that is embedded. Holds the private key.
   *
   * @param server {@code host:port}
   * @throws MalformedException if a name could be read as more than a name, here and below
   */
  public static String embedded(
      String clusterName,
      String server,
      X509Certificate ca,
      String user,
      X509Certificate certificate,
      Secret keyPem)
      throws MalformedException {
    String credentials =
        """
            client-certificate-data: %s
            client-key-data: %s
        """
            .formatted(base64(Pem.encode(certificate)), keyPem.use(k -> Bytes.of(k).base64()));
    return config(clusterName, server, base64(Pem.encode(ca)), user, credentials);
  }

  /** One for a client certificate that stays in its files. */
  public static String files(
      String clusterName,
      String server,
      String caPem,
      String user,
      String certificateFile,
      String keyFile)
      throws MalformedException {
    String credentials =
        """
            client-certificate: %s
            client-key: %s
        """
            .formatted(certificateFile, keyFile);
    return config(clusterName, server, base64(caPem), user, credentials);
  }

  /** One for a bootstrap token. Holds the token. */
  public static String bootstrap(String clusterName, String server, String caPem, String token)
      throws MalformedException {
    String credentials = "    token: " + token + "\n";
    return config(clusterName, server, base64(caPem), "tls-bootstrap-token-user", credentials);
  }

  /** One that says where the cluster is and whom it trusts, and nobody's credential. */
  public static String clusterInfo(String server, X509Certificate ca) throws MalformedException {
    if (!PLAIN.matcher(server).matches()) {
      throw new MalformedException("kubeconfig", "a server has characters that it cannot have");
    }
    return """
    apiVersion: v1
    clusters:
    - cluster:
        certificate-authority-data: %s
        server: https://%s
      name: ""
    contexts: null
    current-context: ""
    kind: Config
    preferences: {}
    users: null
    """
        .formatted(base64(Pem.encode(ca)), server);
  }

  private static String config(
      String cluster, String server, String ca, String user, String credentials)
      throws MalformedException {
    for (String name : List.of(cluster, server, user)) {
      if (!PLAIN.matcher(name).matches()) {
        throw new MalformedException(
            "kubeconfig",
            "a cluster, server or user has characters that such a name does not have");
      }
    }
    String authority = ca.isEmpty() ? "" : "    certificate-authority-data: " + ca + "\n";
    return """
    apiVersion: v1
    clusters:
    - cluster:
    %s    server: https://%s
      name: %s
    contexts:
    - context:
        cluster: %s
        user: %s
      name: %s@%s
    current-context: %s@%s
    kind: Config
    preferences: {}
    users:
    - name: %s
      user:
    %s\
    """
        .formatted(
            authority,
            server,
            cluster,
            cluster,
            user,
            user,
            cluster,
            user,
            cluster,
            user,
            credentials);
  }

  /**
   * The CA that a kubeconfig trusts.
   *
   * @throws MalformedException if it names none, or several different ones
   */
  public static X509Certificate authority(String what, String kubeconfig)
      throws MalformedException {
    String data = only(what, kubeconfig, "certificate-authority-data");
    String pem = new String(Bytes.ofBase64(what, data).toArray(), StandardCharsets.UTF_8);
    List<X509Certificate> certificates = Pem.certificates(what, pem);
    if (certificates.size() != 1) {
      throw new MalformedException(what, "trusts several CAs, of which none can be pinned");
    }
    return certificates.getFirst();
  }

  /**
   * The API server, {@code host:port}.
   *
   * @throws MalformedException if it names none, or several different ones
   */
  public static String server(String what, String kubeconfig) throws MalformedException {
    String url = only(what, kubeconfig, "server");
    if (!url.startsWith("https://")) {
      throw new MalformedException(what, "names a server that is not https");
    }
    String hostPort = url.substring("https://".length());
    return hostPort.endsWith("/") ? hostPort.substring(0, hostPort.length() - 1) : hostPort;
  }

  /**
   * A member's value, wherever it stands.
   *
   * @throws MalformedException if there are several different ones
   */
  public static Optional<String> value(String what, String kubeconfig, String member)
      throws MalformedException {
    Set<String> values = values(kubeconfig, member);
    if (values.size() > 1) {
      throw new MalformedException(what, "has several different " + member);
    }
    return values.stream().findAny();
  }

  private static String only(String what, String kubeconfig, String member)
      throws MalformedException {
    return value(what, kubeconfig, member)
        .orElseThrow(() -> new MalformedException(what, "has no " + member));
  }

  private static Set<String> values(String kubeconfig, String member) {
    Set<String> values = new LinkedHashSet<>();
    var lines = new StringTokenizer(kubeconfig, LINE_ENDS);
    while (lines.hasMoreTokens()) {
      String line = lines.nextToken();
      Matcher matcher = MEMBER.matcher(line);
      if (line.contains(member) && matcher.matches() && matcher.group(1).equals(member)) {
        values.add(matcher.group(2));
      }
    }
    return values;
  }

  private static String base64(String text) {
    return Bytes.ofUtf8(text).base64();
  }
}
