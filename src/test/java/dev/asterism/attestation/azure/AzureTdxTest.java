package dev.asterism.attestation.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Verdict;
import dev.asterism.attestation.tdx.TdxCollateral;
import dev.asterism.attestation.tdx.TdxCollateralSource;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.testing.CloudCase;
import dev.asterism.testing.ForgedHcl;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.node.ObjectNode;

class AzureTdxTest {
  static final class Vm extends CloudCase {
    final ForgedTdx forged;
    final ForgedHcl hcl = ForgedHcl.with(ForgedHcl.TDX, vtpm.key.getPublic(), f -> {});
    @Nullable Bytes reportData;

    Vm() {
      this(ForgedTdx.genuine(), true);
    }

    Vm(ForgedTdx forged, boolean collateral) {
      super(
          new AzureTdx(new TdxTrust(source(forged, collateral))), ForgedTdx.AT, ForgedTdx.config());
      this.forged = forged;
      child("tdMeasurements").put("0", "00".repeat(48));
    }

    @Override
    protected Bytes instanceInfo() {
      forged.quote.reportData = reportData == null ? hcl.reportData() : reportData;
      return new TdInstanceInfo(forged.quote.make(), hcl.runtimeData()).write();
    }
  }

  private static TdxCollateralSource source(ForgedTdx forged, boolean there) {
    Map<String, Bytes> files = forged.collateral();
    TdxCollateral collateral =
        new TdxCollateral(
            files.get("tcb-info.json"),
            files.get("tcb-info-chain.pem"),
            files.get("qe-identity.json"),
            files.get("qe-identity-chain.pem"),
            files.get("root-crl.der"),
            files.get("pck-crl.der"));
    return there ? platform -> collateral : TdxCollateralSource.NONE;
  }

  @Test
  void acceptsAKeyThatTheParavisorNames() throws Exception {
    var claims = new Vm().assertAccepted().claims().orElseThrow();
    assertEquals(ForgedTdx.PPID.hex(), claims.identity().get(Identifier.PPID));
    assertTrue(claims.identity().containsKey(Identifier.AK_KEY));
  }

  @Test
  void refusesInstanceInfoThatCannotBeRead() throws Exception {
    for (String info : List.of("", "{}", "{\"AttestationReport\":\"AAAA\",\"RuntimeData\":\"\"}")) {
      var broken =
          new CloudCase(
              new AzureTdx(new TdxTrust(TdxCollateralSource.NONE)),
              ForgedTdx.AT,
              ForgedTdx.config()) {
            @Override
            protected @Nullable Bytes instanceInfo() {
              return info.isEmpty() ? null : Bytes.ofUtf8(info);
            }
          };
      broken.assertNotBound("instance-info.parse");
    }
  }

  @Test
  void refusesRuntimeDataThatTheQuoteDoesNotVouchFor() throws Exception {
    Vm vm = new Vm();
    vm.reportData = Bytes.concat(vm.hcl.reportData().slice(0, 63), Bytes.ofUtf8("x"));
    vm.assertNotBound("tdx.quote.report-data");
  }

  @Test
  void refusesAnotherKeyThanTheOneThatIsNamed() throws Exception {
    Vm vm = new Vm();
    vm.hcl
        .claims
        .putArray("keys")
        .add(ForgedHcl.jwk("HCLAkPub", ForgedVtpm.keyPair("other RSA").getPublic()));
    vm.assertNotBound("hcl.key");
    vm.hcl.claims.remove("keys");
    vm.assertNotBound("hcl.key");
  }

  @Test
  void refusesAKeyThatMicrosoftDoesNotCertifyWhereThatIsAskedFor() throws Exception {
    Vm vm = new Vm();
    vm.certified();
    vm.assertAccepted();
    vm.vtpm.akCert = null;
    vm.assertNotBound("ak.chain");
  }

  private record Bad(String check, Consumer<Vm> change) {}

  @TestFactory
  Stream<DynamicTest> whatIsGenuineAndNotGoodStillSaysWhoItIs() {
    return Stream.of(
            new Bad("tdx.measurement", v -> v.child("tdMeasurements").put("0", "11".repeat(48))),
            new Bad("tdx.qe.svn", v -> v.config.put("qeSVN", 99)),
            new Bad("tdx.platform.pce-svn", v -> v.config.put("pceSVN", 99)),
            new Bad("tdx.platform.tee-tcb-svn", v -> v.config.put("teeTCBSVN", "ff".repeat(16))),
            new Bad("tdx.qe.vendor-id", v -> v.config.put("qeVendorID", "00".repeat(16))),
            new Bad("tdx.td.mrseam", v -> v.config.put("mrSeam", "11".repeat(48))),
            new Bad("tdx.td.xfam", v -> v.config.put("xfam", "00".repeat(8))),
            new Bad("measurement", v -> v.child("measurements").put("4", "00".repeat(32))))
        .map(bad ->
            DynamicTest.dynamicTest(
                bad.check(),
                () -> {
                  Vm vm = new Vm();
                  bad.change().accept(vm);
                  vm.assertOnlyNotGood(bad.check());
                }));
  }

  @Test
  void refusesWhatFollowsALiveQuote() throws Exception {
    Vm vm = new Vm();
    vm.forged.quote.padding = Bytes.ofUtf8("more");
    vm.assertNotBound("tdx.quote.padding");
  }

  @Test
  void withoutCollateralNothingIsDecided() throws Exception {
    Vm vm = new Vm(ForgedTdx.genuine(), false);
    assertEquals(Verdict.UNDECIDED, vm.judge().verdict());
    vm.config.put("collateral", "optional");
    vm.assertAccepted();
  }

  @Test
  void whatIntelRevokedIsNobodys() throws Exception {
    ForgedTdx forged = ForgedTdx.with(f -> f.tcbInfo.put("fmspc", "000000000001"));
    Vm vm = new Vm(forged, true);
    assertTrue(vm.assertOnly("tdx.tcb.info").claims().isPresent());
    Vm altered = new Vm(ForgedTdx.with(f -> f.replaced.put("pck-crl.der", Bytes.zeros(9))), true);
    assertTrue(altered.judge().claims().isEmpty());
  }

  @Test
  void withoutReferenceValuesOfTheTdAnySaysSo() throws Exception {
    Vm vm = new Vm();
    vm.config.remove("tdMeasurements");
    assertTrue(
        vm.assertAccepted().with(dev.asterism.attestation.Outcome.WARNING).stream()
            .anyMatch(c -> c.id().id().equals("tdx.measurement")));
    ObjectNode bad = vm.child("tdMeasurements");
    bad.put("5", "00".repeat(48));
    vm.assertMalformed("5");
  }
}
