package dev.asterism.kubernetes.api;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.kubernetes.TicketNumber;
import dev.asterism.testing.fuzz.FuzzFile;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ObjectNode;

/** What API servers answer, and where access to them is kept. */
public final class KubernetesApiFuzz {
  private static final Instant SOON = Instant.parse("2026-05-01T12:15:00Z");
  private static final BootstrapToken TOKEN =
      new BootstrapToken("abcdef", "0123456789abcdef", SOON);

  private KubernetesApiFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.ofText(
            "ClusterInfo",
            text -> ClusterInfo.of(Json.object("ConfigMap", text), TOKEN),
            () -> List.of(clusterInfo())),
        FuzzTarget.ofText(
                "AdmissionJournal",
                text -> AdmissionJournal.fromJson(Json.object("AdmissionJournal", text)),
                () ->
                    List.of(
                        Json.line(AdmissionJournal.empty()),
                        Json.line(journal(7).toJson()),
                        Json.line(journal(Long.MAX_VALUE - 1).toJson())))
            .writing(journal -> Bytes.ofUtf8(Json.line(journal.toJson()))),
        access());
  }

  /** As the cluster's controller signs it. */
  private static String clusterInfo() throws Exception {
    var authority = CertificateAuthority.create("ca", Instant.EPOCH, SOON);
    String content = Kubeconfig.clusterInfo("10.0.0.1:6443", authority.certificate());
    String header = Bytes.ofUtf8("{\"alg\":\"HS256\",\"kid\":\"abcdef\"}").base64Url();
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(TOKEN.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    Bytes signed = Bytes.ofUtf8(header + "." + Bytes.ofUtf8(content).base64Url());
    Bytes signature = Bytes.of(mac.doFinal(signed.toArray()));
    ObjectNode configMap = Json.newObject();
    configMap
        .putObject("data")
        .put("jws-kubeconfig-abcdef", header + ".." + signature.base64Url())
        .put("kubeconfig", content);
    return Json.line(configMap);
  }

  private static AdmissionJournal journal(long sequence) {
    var record =
        new AdmissionRecord(
            AdmissionRecord.identityOfKey("0f".repeat(32)),
            new TreeMap<>(Map.of("akName", "000b")),
            AdmissionRecord.State.ADMITTED,
            "n-1",
            true,
            "0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f",
            List.of(),
            List.of("10.0.0.1"),
            SOON,
            new TicketNumber(7, SOON));
    return new AdmissionJournal(sequence, List.of(record), "12");
  }

  private static FuzzTarget<?> access() {
    var file = new FuzzFile("config");
    Access.Source source = AccessFiles.kubeconfig(file.path());
    return FuzzTarget.of(
            "ApiAccess",
            config -> {
              file.with(config);
              return source.read();
            },
            () ->
                List.of(
                    kubeconfig("certificate-authority-data: YQ==", "token: b"),
                    kubeconfig(
                        "certificate-authority-data: YQ==",
                        "client-certificate-data: YQ==\n    client-key-data: YQ=="),
                    kubeconfig("certificate-authority: config", "tokenFile: config")))
        .refusing(IOException.class)
        .quoting("the operator must know which file his own one names");
  }

  private static Bytes kubeconfig(String authority, String user) {
    return Bytes.ofUtf8(
        """
        clusters:
        - cluster:
            %s
            server: https://10.0.0.1:6443
        users:
        - user:
            %s
        """
            .formatted(authority, user));
  }
}
