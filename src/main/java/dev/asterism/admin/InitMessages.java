package dev.asterism.admin;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.MasterSecret;
import dev.asterism.kubernetes.Component;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.wire.Bytes;
import java.nio.charset.StandardCharsets;

/** Our words in the protocol's messages. */
final class InitMessages {
  /** We keep no wrapped keys: all are derived. */
  static final String STORAGE_URI = "storage://no-store";

  private InitMessages() {}

  /** Holds the master secret: never log it. */
  static InitRequest request(InitPlan plan, MasterSecret master, Bytes measurementSalt) {
    var request =
        InitRequest.newBuilder()
            .setKmsUri(kmsUri(master))
            .setStorageUri(STORAGE_URI)
            .setMeasurementSalt(ByteString.copyFrom(measurementSalt.toArray()))
            .setKubernetesVersion(plan.kubernetesVersion())
            .setConformanceMode(plan.conformance())
            .setInitSecret(UnsafeByteOperations.unsafeWrap(plan.initSecret().expose()))
            .setClusterName(plan.clusterName())
            .addAllApiserverCertSans(plan.certSans())
            .setServiceCidr(plan.serviceCidr());
    for (Component c : plan.components()) {
      request.addKubernetesComponents(
          dev.asterism.proto.components.Component.newBuilder()
              .setUrl(c.url())
              .setHash(c.hash())
              .setInstallPath(c.installPath())
              .setExtract(c.extract()));
    }
    return request.build();
  }

  static String kmsUri(MasterSecret master) {
    try (Secret uri = master.toKmsUri()) {
      return uri.use(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    }
  }
}
