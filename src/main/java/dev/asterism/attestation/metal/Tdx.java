package dev.asterism.attestation.metal;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tdx.TdxBinding;
import dev.asterism.attestation.tdx.TdxDocumentPolicy;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A TD on one's own metal, through configfs-tsm: {@code tdx}. */
public final class Tdx implements Platform {
  private final TdxTrust trust;

  public Tdx(TdxTrust trust) {
    this.trust = trust;
  }

  @Override
  public Variant variant() {
    return Variant.TDX;
  }

  @Override
  public Policy policy(ObjectNode attestationConfig) throws MalformedException {
    return TdxDocumentPolicy.parse(TdxBinding.METAL, attestationConfig, trust);
  }

  @Override
  public List<Fact> show(Bytes document) throws MalformedException {
    return TdxDocumentPolicy.show(TdxBinding.METAL, document);
  }
}
