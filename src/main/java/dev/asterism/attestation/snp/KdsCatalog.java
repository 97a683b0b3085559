package dev.asterism.attestation.snp;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementCatalog;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.snp.TcbVersion.Component;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What KDS has, by the keys of {@link Kds}' requests.
 *
 * @param roots that chains must end in
 */
public record KdsCatalog(SnpRoots roots) implements EndorsementCatalog {
  private static final Pattern LIST =
      Pattern.compile(Kds.SERVICE + "/(vcek|vlek)/v1/([A-Za-z]+)/(cert_chain|crl)");
  private static final Pattern VCEK =
      Pattern.compile(Kds.SERVICE + "/vcek/v1/([A-Za-z]+)/([0-9a-f]+)\\?([A-Za-z0-9=&]+)");

  @Override
  public Optional<EndorsementRequest> find(String key, Lookup others) {
    Matcher list = LIST.matcher(key);
    if (list.matches()) {
      KeyKind kind = list.group(1).equals("vlek") ? KeyKind.VLEK : KeyKind.VCEK;
      return ProductLine.byId(list.group(2))
          .flatMap(line ->
              list.group(3).equals("crl")
                  ? issuers(line, kind, others).map(i -> Kds.crl(line, kind, i.root()))
                  : Optional.of(Kds.chain(line, kind, roots)));
    }
    Matcher chip = VCEK.matcher(key);
    return chip.matches()
        ? ProductLine.byId(chip.group(1)).flatMap(line -> vcek(line, chip, others))
        : Optional.empty();
  }

  private Optional<EndorsementRequest> vcek(ProductLine line, Matcher chip, Lookup others) {
    Map<Component, Integer> parts = new EnumMap<>(Component.class);
    for (String parameter : chip.group(3).split("&", -1)) {
      String[] pair = parameter.split("=", -1);
      for (Component component : TcbVersion.components(line)) {
        if (pair.length == 2
            && component.query().equals(pair[0])
            && pair[1].matches("[0-9]{1,3}")) {
          parts.put(component, Integer.parseInt(pair[1]));
        }
      }
    }
    try {
      Bytes hardwareId = Bytes.ofHex("hardware id", chip.group(2));
      return issuers(line, KeyKind.VCEK, others)
          .map(i -> Kds.vcek(TcbVersion.of(line, parts), hardwareId, i.intermediate()))
          // Spelled otherwise, it is no key of ours.
          .filter(request -> request.key().equals(chip.group()));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private Optional<Kds.Issuers> issuers(ProductLine line, KeyKind kind, Lookup others) {
    EndorsementRequest chain = Kds.chain(line, kind, roots);
    Optional<Endorsement> found = others.find(chain.key());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try {
      chain.inspection().inspect(found.get());
      return Optional.of(Kds.Issuers.of(found.get()));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }
}
