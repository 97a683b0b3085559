package dev.asterism.cli;

import dev.asterism.admin.AppraisalText;
import dev.asterism.admin.Bundles;
import dev.asterism.admin.Endpoint;
import dev.asterism.admin.NodeException;
import dev.asterism.admin.VerifyNode;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Variant;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The work of {@code verify}. */
final class VerifyRun {
  private final PrintWriter out;
  private final boolean json;
  private final Vendors vendors;

  VerifyRun(PrintWriter out, boolean json, Vendors vendors) {
    this.out = out;
    this.json = json;
    this.vendors = vendors;
  }

  int verify(
      String endpoint,
      Path configFile,
      @Nullable String variant,
      @Nullable String clusterId,
      @Nullable String nonce,
      @Nullable Path save,
      Duration timeout)
      throws MalformedException, NodeException, IOException {
    ObjectNode config = Inputs.json("--config", configFile);
    var question =
        new VerifyNode.Question(
            Endpoint.parse("--node-endpoint", endpoint, VerifyNode.PORT),
            Platforms.of(requiredVariant(variant, config), vendors),
            config,
            clusterId == null ? null : Inputs.hex("--cluster-id", clusterId, 32, 32),
            nonce == null ? null : Inputs.hex("--nonce", nonce, 16, 64),
            timeout);
    if (save != null) {
      Bundles.requireNew("--save", save);
    }
    VerifyNode.Answer answer = ask(question, configFile);
    if (save != null) {
      Bundles.write(save, answer.bundle());
    }
    print(answer.appraisal());
    return ExitCode.of(answer.appraisal().verdict());
  }

  private static VerifyNode.Answer ask(VerifyNode.Question question, Path configFile)
      throws MalformedException, NodeException {
    try {
      return new VerifyNode(new SecureRandom(), InstantSource.system()).ask(question);
    } catch (MalformedException e) {
      throw Inputs.in(configFile, e);
    }
  }

  /** The variant that flag or config name; one of them must. */
  static Variant requiredVariant(@Nullable String flag, ObjectNode config)
      throws MalformedException {
    Variant variant = Inputs.agreedVariant(flag, config);
    if (variant == null) {
      throw new MalformedException(
          "--attestation-variant", "is missing, and the config names no \"variant\"");
    }
    return variant;
  }

  private void print(Appraisal appraisal) {
    if (json) {
      out.println(Json.line(appraisal.toJson()));
    } else {
      out.print(AppraisalText.of(appraisal));
    }
    out.flush();
  }
}
