package dev.asterism.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.attestation.Measurements.Measurement;
import dev.asterism.wire.Bytes;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What init, join, rejoin and recovery ask of a node: nothing in its cluster-ID register. */
class PolicyTest {
  private record Plain(Variant variant, Measurements measurements) implements Policy {
    @Override
    public Policy with(Measurements changed) {
      return new Plain(variant, changed);
    }

    @Override
    public Verifier verifier() {
      throw new UnsupportedOperationException();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SEV_SNP")
  void anUnspentRegisterIsEnforcedWhateverIsListed(Variant variant) {
    int register = variant.clusterRegister().orElseThrow();
    Bytes zero = Bytes.zeros(variant.measurementHash().length());
    Bytes spent = variant.measurementHash().of(zero);
    Measurement other = new Measurement(spent, true);
    for (Map<Integer, Measurement> listed :
        java.util.List.of(
            Map.<Integer, Measurement>of(),
            Map.of(register, new Measurement(spent, false)),
            Map.of(register, new Measurement(spent, true)),
            Map.of(register, new Measurement(zero, true)),
            Map.of(register, Measurement.SET))) {
      var all = new TreeMap<>(listed);
      all.put(1, other);
      Measurements unspent = new Plain(variant, new Measurements(all)).unspent().measurements();
      assertEquals(new Measurement(zero, false), unspent.byIndex().get(register));
      assertEquals(other, unspent.byIndex().get(1), "nothing else changes");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMemberHoldsItsClusterBehindWhatWasThere(Variant variant) {
    int register = variant.clusterRegister().orElseThrow();
    Bytes clusterId = Bytes.zeros(32);
    Bytes zero = Bytes.zeros(variant.measurementHash().length());
    Bytes before = variant.measurementHash().of(zero);
    var policy = new Plain(variant, new Measurements(new TreeMap<>()));
    for (Map.Entry<Measurement, Bytes> from :
        Map.of(
                new Measurement(before, true),
                before,
                Measurement.SET,
                zero,
                new Measurement(zero, false),
                zero)
            .entrySet()) {
      var listed = new TreeMap<>(Map.of(register, from.getKey()));
      Measurements member =
          policy.with(new Measurements(listed)).memberOf(clusterId).measurements();
      assertEquals(
          new Measurement(
              ClusterRegister.extended(variant.measurementHash(), from.getValue(), clusterId),
              false),
          member.byIndex().get(register));
    }
    assertEquals(Measurement.SET, policy.bootstrapped().measurements().byIndex().get(register));
    assertEquals(
        new Measurement(zero, false), policy.unspent().measurements().byIndex().get(register));
  }
}
