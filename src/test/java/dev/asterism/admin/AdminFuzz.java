package dev.asterism.admin;

import com.google.protobuf.ByteString;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.eventlog.EventLogKind;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.attestation.tdx.CcelQuote;
import dev.asterism.attestation.tpm.TpmQuoteKind;
import dev.asterism.crypto.Digests;
import dev.asterism.proto.init.InitResponse;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.testing.MeasuredBootData;
import dev.asterism.testing.fuzz.FuzzFile;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What admins are given: bundles that anybody made, nodes' answers, files and flags. */
public final class AdminFuzz {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Map<String, String> FILES =
      Map.of(
          "attest", "quote.attest",
          "signature", "quote.sig",
          "ak_public", "ak.pub",
          "log", "eventlog.bin",
          "document", "document.json",
          "pcrs", "pcrs.json");

  private AdminFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        bundles(),
        ForgedBundles.target(),
        FuzzTarget.of(
                "ClusterState",
                json -> ClusterState.parse("state", json),
                () ->
                    List.of(
                        Bytes.ofUtf8(
                            new ClusterState(
                                    "c", Variant.QEMU_VTPM, "h:1", Bytes.zeros(32), Bytes.zeros(32))
                                .text())))
            .writing(state -> Bytes.ofUtf8(state.text())),
        FuzzTarget.of(
            "ComponentsFile",
            json -> ComponentsFile.parse("components", json),
            () ->
                List.of(
                    Bytes.ofUtf8(
                        "{\"components\": [{\"url\": \"u\", \"hash\": \"h\", \"install_path\":"
                            + " \"p\", \"extract\": true}]}"))),
        FuzzTarget.ofText(
                "Endpoint",
                text -> Endpoint.parse("--node", text, 9000),
                "host",
                "10.0.0.1:1",
                "[fd00::1%eth0]:65535")
            .writing(endpoint -> Bytes.ofUtf8(endpoint.toString())),
        initStream());
  }

  /** Manifests over files of every role; nothing that they say makes a verifier fail. */
  private static FuzzTarget<?> bundles() {
    var manifest = new FuzzFile(Bundles.MANIFEST);
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      write(manifest, file.getValue(), content(file.getKey()));
    }
    var verification =
        new EvidenceVerification(
            List.of(
                new DocumentKind(List.of(new QemuVtpm())),
                new KdfKind(),
                new ExtraDataKind(Digests.SHA256::of),
                new EventLogKind(new CcelQuote()),
                new TpmQuoteKind()),
            () -> NOW);
    return FuzzTarget.of(
            "BundleManifest",
            json -> {
              manifest.with(json);
              String folder = manifest.folder().toString();
              Judgement judgement = verification.judge(folder, OwnRuling.NONE);
              if (Json.line(judgement.appraisal().toJson()).contains("the verifier failed")) {
                throw new AssertionError("a manifest makes a verifier fail");
              }
              return verification.show(folder);
            },
            AdminFuzz::manifests)
        .quoting("the person at the shell must know which file of the bundle is meant");
  }

  private static Bytes content(String role) {
    return switch (role) {
      case "ak_public" -> MeasuredBootData.GOOD.akPublic();
      case "document" -> ForgedVtpm.genuine().document();
      case "pcrs" -> pcrs();
      default -> MeasuredBootData.GOOD.file(FILES.get(role));
    };
  }

  private static Bytes pcrs() {
    ObjectNode banks = Json.newObject();
    ObjectNode bank = banks.putObject("sha256");
    try {
      MeasuredBootData.GOOD
          .pcrs()
          .forEach((pcr, value) -> bank.put(Integer.toString(pcr), value.hex()));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
    return Bytes.ofUtf8(Json.line(banks));
  }

  private static void write(FuzzFile beside, String name, Bytes content) {
    try {
      Files.write(beside.folder().resolve(name), content.toArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Bytes> manifests() {
    String nonce = MeasuredBootData.GOOD.file("nonce.bin").hex();
    String zeros = "00".repeat(32);
    return List.of(
        manifest(
            "tpm-quote",
            "{\"attest\": \"quote.attest\", \"signature\": \"quote.sig\", \"ak_public\":"
                + " \"ak.pub\", \"pcrs\": \"pcrs.json\", \"eventlog\": \"eventlog.bin\"}",
            "\"inputs\": {\"nonce\": \"%s\", \"bank\": \"sha256\", \"require_pcrs\": [4]}, \"at\":"
                    .formatted(nonce)
                + " \"2026-01-01T00:00:00Z\", \"expect\": \"valid\", \"truncate\": {\"file\":"
                + " \"attest\", \"lengths\": [0, 5]}"),
        manifest(
            "tcg-eventlog",
            "{\"log\": \"eventlog.bin\", \"registers\": \"pcrs.json\"}",
            "\"trust\": {\"anchor\": \"amd-ark-milan\"}"),
        manifest(
            "attestation-document",
            "{\"document\": \"document.json\"}",
            "\"inputs\": {\"variant\": \"qemu-vtpm\", \"nonce\": \"%s\", \"user_data\": \"00\","
                    .formatted(zeros)
                + " \"config\": {\"measurements\": {\"4\": \"%s\"}}}".formatted(zeros)),
        manifest(
            "hkdf-sha256",
            "{}",
            "\"cases\": [{\"name\": \"n\", \"secret\": \"00\", \"salt\": \"\", \"info\": \"01\","
                + " \"length\": 32, \"output\": \"02\", \"ed25519_public\": \"03\"}]"),
        manifest(
            "quote-extra-data",
            "{}",
            "\"cases\": [{\"user_data\": \"00\", \"nonce\": \"01\", \"output\": \"02\"}]"));
  }

  private static Bytes manifest(String kind, String files, String more) {
    return Bytes.ofUtf8(
        "{\"format\": 1, \"kind\": \"%s\", \"files\": %s, %s}".formatted(kind, files, more));
  }

  /** Answers, each behind its length as protobuf writes streams. */
  private static FuzzTarget<?> initStream() {
    var log = new FuzzFile("init.log");
    return FuzzTarget.of(
            "InitAnswers",
            input ->
                new InitStream(new Endpoint("node", 1), log.path()).read(answers(input).iterator()),
            () ->
                List.of(
                    written(
                        InitResponse.newBuilder()
                            .setInitSuccess(
                                dev.asterism.proto.init.InitSuccess.newBuilder()
                                    .setKubeconfig(ByteString.copyFromUtf8("kubeconfig"))
                                    .setClusterId(ByteString.copyFrom(new byte[32])))
                            .build())))
        .refusing(IOException.class)
        .refusing(NodeException.class)
        .quoting("a node says itself why it failed");
  }

  private static List<InitResponse> answers(Bytes input) throws IOException {
    var in = new ByteArrayInputStream(input.toArray());
    var answers = new ArrayList<InitResponse>();
    for (var next = InitResponse.parseDelimitedFrom(in);
        next != null && answers.size() < 16;
        next = InitResponse.parseDelimitedFrom(in)) {
      answers.add(next);
    }
    return answers;
  }

  private static Bytes written(InitResponse... answers) throws IOException {
    var out = new ByteArrayOutputStream();
    for (InitResponse answer : answers) {
      answer.writeDelimitedTo(out);
    }
    return Bytes.of(out.toByteArray());
  }
}
