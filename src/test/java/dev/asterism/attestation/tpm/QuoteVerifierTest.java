package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.attestation.Check;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One quote, with nobody around who looks at the list of checks once more. */
class QuoteVerifierTest {
  private static final Digests BANK = Digests.SHA256;
  private static final Bytes DATA = Bytes.ofUtf8("data");

  private record Answer(Optional<VerifiedQuote> verified, List<Check> checks) {
    /** The only check that may have failed, and then nothing is verified. */
    Check only(String id) {
      List<Check> failed = checks.stream().filter(c -> c.outcome() == Outcome.FAILED).toList();
      assertEquals(List.of(id), failed.stream().map(c -> c.id().id()).toList());
      assertEquals(Optional.empty(), verified);
      return failed.getFirst();
    }
  }

  @Test
  void aQuoteThatPassesIsVerified() throws Exception {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    VerifiedQuote verified = verify(genuine, true).verified().orElseThrow();
    assertEquals(genuine.pcrs(BANK), verified.pcrs());
    assertEquals(genuine.attest(BANK), verified.attest().raw());
  }

  @Test
  void nothingIsVerifiedWhereAStepFails() throws Exception {
    assertEquals(
        "a hash that nobody can forge",
        refused("quote.algorithm", f -> f.hash = Digests.SHA1).expected());
    refused("quote.algorithm", f -> f.hash = Digests.SHA384);
    assertEquals(
        "is not the attestation key's over this quote",
        refused("quote.signature", f -> f.signature = Bytes.zeros(256)).note());
    assertEquals("00000001", refused("quote.magic", f -> f.magic = 1).actual());
    assertEquals(
        "nonce of the sha256 quote", refused("quote.nonce", f -> f.extraData = DATA).subject());
    assertEquals("nothing", refused("quote.selection", f -> f.selections = 0).actual());
    Check selection = refused("quote.selection", f -> f.selected.remove(23));
    assertEquals("sha256: PCR 0-23", selection.expected());
    assertEquals("sha256: PCR 0-22", selection.actual());
    refused("quote.digest", f -> f.pcrDigest = BANK.of(DATA));
  }

  @Test
  void whatPassesIsListedWithoutAComplaint() throws Exception {
    for (Check check : verify(ForgedVtpm.genuine(), true).checks()) {
      assertEquals(Outcome.PASSED, check.outcome());
      assertEquals("", check.note());
    }
  }

  @Test
  void aQuotedPcrWithoutAValueIsNamed() throws Exception {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    SortedMap<Integer, Bytes> values = new TreeMap<>(genuine.pcrs(BANK));
    values.remove(23);
    Check digest = verify(genuine, true, values).only("quote.digest");
    assertEquals("values of PCR 0-23", digest.expected());
    assertEquals("values of PCR 0-22", digest.actual());
  }

  @Test
  void moreThanWhatIsRequiredMayBeQuotedUnlessItIsToBeExact() throws Exception {
    SortedMap<Integer, Bytes> values = ForgedVtpm.genuine().pcrs(BANK);
    var some = new QuoteVerifier.Expected(qualifyingData(), java.util.Set.of(0, 4), false);
    ForgedVtpm genuine = ForgedVtpm.genuine();
    assertEquals(values, verify(genuine, some, values).verified().orElseThrow().pcrs());

    var exactly = new QuoteVerifier.Expected(qualifyingData(), java.util.Set.of(0, 4), true);
    verify(genuine, exactly, values).only("quote.selection");

    ForgedVtpm less = ForgedVtpm.with(f -> f.selected.remove(4));
    assertEquals(
        "sha256 at least: PCR 0, 4", verify(less, some, values).only("quote.selection").expected());
  }

  @Test
  void aBankOfWhichNothingIsSelectedMayBeNamed() throws Exception {
    ForgedVtpm named = ForgedVtpm.with(f -> f.unselectedHash = Tpm2.ALG_SHA1);
    assertEquals(named.pcrs(BANK), verify(named, true).verified().orElseThrow().pcrs());
    Consumer<ForgedVtpm> nothing =
        f -> {
          f.unselectedHash = Tpm2.algorithm(BANK);
          f.selections = 0;
        };
    refused("quote.selection", nothing);
  }

  private static Bytes qualifyingData() {
    return ForgedVtpm.genuine().qualifyingData();
  }

  private static Check refused(String check, Consumer<ForgedVtpm> change) throws Exception {
    return verify(ForgedVtpm.with(change), true).only(check);
  }

  private static Answer verify(ForgedVtpm forged, boolean exactly) throws MalformedException {
    return verify(forged, exactly, forged.pcrs(BANK));
  }

  private static Answer verify(ForgedVtpm forged, boolean exactly, SortedMap<Integer, Bytes> values)
      throws MalformedException {
    var expected = new QuoteVerifier.Expected(qualifyingData(), PcrSelection.all(), exactly);
    return verify(forged, expected, values);
  }

  private static Answer verify(
      ForgedVtpm forged, QuoteVerifier.Expected expected, SortedMap<Integer, Bytes> values)
      throws MalformedException {
    Checklist checks = new Checklist(QuoteVerifier.PLAN);
    TpmtPublic area = TpmtPublic.parse(forged.publicArea());
    Bytes attest = forged.attest(BANK);
    var presented =
        new QuoteVerifier.Presented(
            TpmsAttest.parse(attest), TpmtSignature.parse(forged.signature(attest)), BANK, values);
    Optional<VerifiedQuote> verified =
        new QuoteVerifier(checks, forged.key.getPublic(), area.parameters())
            .verify(presented, expected);
    return new Answer(verified, checks.conclude(null).checks());
  }
}
