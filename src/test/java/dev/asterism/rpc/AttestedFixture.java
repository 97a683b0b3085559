package dev.asterism.rpc;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Echo;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;

/** The same over attested TLS. */
abstract class AttestedFixture extends RpcFixture {
  static final Variant VARIANT = Variant.QEMU_VTPM;

  final Issuer issuer = DummyEvidence.issuer(VARIANT);
  final Verifier verifier = DummyEvidence.verifier(VARIANT);
  final Verdicts clientHears = new Verdicts();
  final Verdicts serverHears = new Verdicts();
  final Echo echo = new Echo();

  final RpcServer.Builder builder(SslContext tls) {
    return builder().tls(tls).service(echo);
  }

  final class Intercepted implements Verifier {
    private final Runnable before;

    Intercepted(Runnable before) {
      this.before = before;
    }

    @Override
    public Variant variant() {
      return VARIANT;
    }

    @Override
    public Appraisal verify(Bytes document, Challenge challenge) {
      before.run();
      return verifier.verify(document, challenge);
    }
  }
}
