package dev.asterism.atls;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/** Two sides with dummy evidence, and what they hear. */
abstract class AtlsFixture {
  static final Variant VARIANT = Variant.QEMU_VTPM;

  final Issuer issuer = DummyEvidence.issuer(VARIANT);
  final Verifier verifier = DummyEvidence.verifier(VARIANT);
  final Verdicts clientHears = new Verdicts();
  final Verdicts serverHears = new Verdicts();

  static EnginePair shake(SslContext client, SslContext server) {
    return new EnginePair(client, server).shake();
  }

  @Nullable Issuer issuer(boolean attests) {
    return attests ? issuer : null;
  }

  @Nullable PeerVerification verification(Verdicts heard, boolean verifies) {
    return verifies ? heard.by(verifier) : null;
  }

  /** Only one side attests, and only the other verifies. */
  EnginePair connect(Issuer attester, boolean server) {
    return server
        ? shake(
            AtlsClient.context(null, clientHears.by(verifier)), AtlsServer.context(attester, null))
        : shake(
            AtlsClient.context(attester, null), AtlsServer.context(null, serverHears.by(verifier)));
  }

  static Bytes other(Bytes value) {
    byte[] changed = value.toArray();
    changed[changed.length - 1] ^= 1;
    return Bytes.of(changed);
  }
}
