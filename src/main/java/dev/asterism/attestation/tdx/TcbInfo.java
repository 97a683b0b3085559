package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Intel's judgement on the levels of one family of platforms (PCS API v4, TCB info version 3).
 *
 * @param id {@code TDX}, {@code SGX}
 * @param fmspc 6 bytes
 * @param pceId 2 bytes
 * @param module for modules of version 0
 */
record TcbInfo(
    String id,
    int version,
    Period period,
    Bytes fmspc,
    Bytes pceId,
    int tcbType,
    int evaluationNumber,
    TdxModule module,
    List<TdxModule> moduleIdentities,
    List<TcbLevel> levels) {
  static final String MEMBER = "tcbInfo";

  private static final int MAX_MODULES = 64;

  TcbInfo {
    moduleIdentities = List.copyOf(moduleIdentities);
    levels = List.copyOf(levels);
  }

  static TcbInfo of(SignedJson signed) throws MalformedException {
    ObjectNode json = signed.content(MEMBER);
    ObjectNode module = Json.child(json, "tdxModule");
    List<TdxModule> identities = new ArrayList<>();
    if (json.hasNonNull("tdxModuleIdentities")) {
      for (ObjectNode identity : CollateralJson.objects(json, "tdxModuleIdentities", MAX_MODULES)) {
        identities.add(
            module(identity, Json.string(identity, "id"), CollateralJson.isvLevels(identity)));
      }
    }
    List<TcbLevel> levels = new ArrayList<>();
    for (ObjectNode level : CollateralJson.objects(json, "tcbLevels", CollateralJson.MAX_LEVELS)) {
      levels.add(level(level));
    }
    return new TcbInfo(
        Json.string(json, "id"),
        CollateralJson.number(json, "version", 0xffff),
        CollateralJson.period(json),
        CollateralJson.bytes(json, "fmspc", 6),
        CollateralJson.bytes(json, "pceId", 2),
        CollateralJson.number(json, "tcbType", 0xffff),
        CollateralJson.number(json, "tcbEvaluationDataNumber", Integer.MAX_VALUE),
        module(module, "", List.of()),
        identities,
        levels);
  }

  private static TdxModule module(ObjectNode json, String id, List<IsvLevel> levels)
      throws MalformedException {
    return new TdxModule(
        id,
        CollateralJson.bytes(json, "mrsigner", TdQuoteBody.REGISTER),
        CollateralJson.bytes(json, "attributes", TdQuoteBody.ATTRIBUTES),
        CollateralJson.bytes(json, "attributesMask", TdQuoteBody.ATTRIBUTES),
        levels);
  }

  private static TcbLevel level(ObjectNode json) throws MalformedException {
    ObjectNode tcb = Json.child(json, "tcb");
    return new TcbLevel(
        components(tcb, "sgxtcbcomponents"),
        CollateralJson.number(tcb, "pcesvn", 0xffff),
        components(tcb, "tdxtcbcomponents"),
        CollateralJson.assessment(json));
  }

  private static List<Integer> components(ObjectNode tcb, String member) throws MalformedException {
    List<Integer> svns = new ArrayList<>();
    for (ObjectNode component : CollateralJson.objects(tcb, member, PckExtension.COMPONENTS)) {
      svns.add(CollateralJson.number(component, "svn", 0xff));
    }
    if (svns.size() != PckExtension.COMPONENTS) {
      throw new MalformedException(member, "does not list " + PckExtension.COMPONENTS);
    }
    return svns;
  }

  /** What the module of a quote must look like; empty where Intel knows no such version. */
  Optional<TdxModule> module(TdQuoteBody body) {
    if (body.moduleVersion() == 0) {
      return Optional.of(module);
    }
    return moduleIdentities.stream().filter(m -> m.isOfVersion(body.moduleVersion())).findFirst();
  }

  /** The first level, in Intel's order, that a platform reaches. */
  Optional<TcbLevel> reached(PckExtension platform, TdQuoteBody body) {
    // The first two are the module's SVN and version, where its identity does not judge them.
    int firstTdx = body.moduleVersion() == 0 ? 0 : 2;
    return levels.stream()
        .filter(l -> l.isReachedBy(platform, body.teeTcbSvn(), firstTdx))
        .findFirst();
  }
}
