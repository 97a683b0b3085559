package dev.asterism.kubernetes;

import dev.asterism.crypto.VerificationKey;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;

/**
 * The detached signature over a list of components. It travels as a component itself, so that no
 * message changes and old join-services carry it: {@code data:} with the raw signature, to be
 * installed as {@link ComponentPolicy#SIGNATURE}. What is signed is the text
 *
 * <pre>{@code
 * asterism components 1
 * sha256:<hex> file /run/state/bin/kubelet
 * sha256:<hex> archive /opt/cni/bin
 * }</pre>
 *
 * in the list's order, hex in lower case, each line ended by a line feed, without a line for the
 * signature. URLs are not in it: the hash says which bytes, a mirror may have them.
 */
final class ComponentSignature {
  private static final String HEAD = "asterism components 1\n";

  /** An ECDSA signature on P-384 has 104 at most. */
  private static final int LONGEST = 256;

  private ComponentSignature() {}

  /** One component of the list, with the hash of its content. */
  record Item(Component component, Bytes sha256) {
    boolean isSignature() {
      return component.installPath().equals(ComponentPolicy.SIGNATURE.toString());
    }
  }

  /**
   * Whether one of {@code signers} has signed the list; an empty list needs no signature.
   *
   * @throws MalformedException saying what is missing or wrong
   */
  static void check(List<Item> items, List<VerificationKey> signers) throws MalformedException {
    String what = "kubernetes_components";
    if (items.isEmpty()) {
      return;
    }
    List<Item> signatures = items.stream().filter(Item::isSignature).toList();
    if (signatures.size() != 1) {
      throw new MalformedException(
          what,
          signatures.isEmpty()
              ? "are not signed, as this image wants them: "
                  + ComponentPolicy.SIGNATURE
                  + " is missing"
              : "have more than one signature");
    }
    Component carrier = signatures.getFirst().component();
    if (!DataUrl.is(carrier.url()) || carrier.extract()) {
      throw new MalformedException(what, "must have their signature inside, as a data: URL");
    }
    Bytes signature = DataUrl.decode(carrier.url());
    Bytes signed = text(items.stream().filter(item -> !item.isSignature()).toList());
    if (signature.length() > LONGEST
        || signers.stream().noneMatch(key -> key.verifies(signed, signature))) {
      throw new MalformedException(
          what, "have a signature that no key of this image made for exactly this list");
    }
  }

  /** What is signed. */
  static Bytes text(List<Item> items) {
    var text = new StringBuilder(HEAD);
    for (Item item : items) {
      text.append("sha256:")
          .append(item.sha256().hex())
          .append(item.component().extract() ? " archive " : " file ")
          .append(item.component().installPath())
          .append('\n');
    }
    return Bytes.ofUtf8(text.toString());
  }
}
