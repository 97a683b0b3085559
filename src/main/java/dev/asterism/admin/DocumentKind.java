package dev.asterism.admin;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kind {@code attestation-document}: the document of one variant as it goes over the wire, with
 * inputs {@code variant}, {@code nonce}, {@code user_data} (hex) and {@code config}.
 */
public final class DocumentKind implements EvidenceKind {
  static final String KIND = "attestation-document";
  static final String DOCUMENT = "document";

  private static final CheckId VARIANT = new CheckId("document.variant", Stage.POLICY);
  private static final CheckId USER_DATA = new CheckId("bundle.user-data", Stage.BINDING);

  private final List<Platform> platforms;

  public DocumentKind(List<Platform> platforms) {
    this.platforms = List.copyOf(platforms);
  }

  /** The inputs of a manifest of this kind. */
  static ObjectNode inputs(Variant variant, Bytes nonce, Bytes userData, ObjectNode config) {
    ObjectNode inputs = Json.newObject();
    inputs.put("variant", variant.id());
    inputs.put("nonce", nonce.hex());
    inputs.put("user_data", userData.hex());
    inputs.set("config", config);
    return inputs;
  }

  @Override
  public Set<String> kinds() {
    return Set.of(KIND);
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    ObjectNode inputs = bundle.inputs();
    Bytes document = bundle.file(DOCUMENT);
    String stated = Json.string(inputs, "variant");
    ObjectNode config = config(inputs, own);
    Optional<String> required = requiredVariant(own.variant(), config);
    if (required.isPresent() && !required.get().equalsIgnoreCase(stated)) {
      return BundleChecks.conclude(
          new Check(VARIANT, "", Outcome.FAILED, required.get(), stated, ""));
    }
    Optional<Platform> platform = platform(stated);
    if (platform.isEmpty()) {
      return BundleChecks.conclude(
          BundleChecks.note(
              VARIANT, Outcome.UNAVAILABLE, "this build cannot verify documents of " + stated));
    }
    Policy policy = platform.get().policy(config);
    Bytes nonce = nonce(inputs, own);
    Bytes userData = userData(inputs);
    Appraisal appraisal = policy.verifier().verify(document, new Challenge(nonce, userData, at));
    return userData != null ? appraisal : BundleChecks.extended(appraisal, List.of(noUserData()));
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    Bytes document = bundle.file(DOCUMENT);
    String stated = Json.string(bundle.inputs(), "variant");
    Optional<Platform> platform = platform(stated);
    if (platform.isPresent()) {
      List<Fact> known = platform.get().show(document);
      if (!known.isEmpty()) {
        return known;
      }
    }
    var facts = new ArrayList<Fact>();
    JsonFacts.flatten(DOCUMENT, Json.object(DOCUMENT, document), facts);
    return facts;
  }

  private Optional<Platform> platform(String variant) {
    return platforms.stream().filter(p -> p.variant().id().equalsIgnoreCase(variant)).findFirst();
  }

  private static Optional<String> requiredVariant(@Nullable Variant own, ObjectNode config)
      throws MalformedException {
    return own != null
        ? Optional.of(own.id())
        : Optional.ofNullable(Json.optionalString(config, "variant"));
  }

  private static ObjectNode config(ObjectNode inputs, Bundle.Ruling own) throws MalformedException {
    if (own.config() != null) {
      return own.config();
    }
    if (!inputs.has("config")) {
      throw new MalformedException("inputs.config", "is missing: name a config with --config");
    }
    return Json.child(inputs, "config");
  }

  private static Bytes nonce(ObjectNode inputs, Bundle.Ruling own) throws MalformedException {
    if (own.nonce() != null) {
      return own.nonce();
    }
    if (!inputs.has("nonce")) {
      throw new MalformedException("inputs.nonce", "is missing: give the nonce with --nonce");
    }
    return Bytes.ofHex("inputs.nonce", Json.string(inputs, "nonce"));
  }

  private static @Nullable Bytes userData(ObjectNode inputs) throws MalformedException {
    String hex = Json.optionalString(inputs, "user_data");
    return hex == null ? null : Bytes.ofHex("inputs.user_data", hex);
  }

  private static Check noUserData() {
    return BundleChecks.note(
        USER_DATA, Outcome.WARNING, "the manifest does not say which user data it must carry");
  }
}
