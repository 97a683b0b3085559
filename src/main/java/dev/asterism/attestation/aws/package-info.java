/** Amazon EC2: Nitro attestation documents, and how NitroTPM and SNP guests bind their keys. */
@NullMarked
package dev.asterism.attestation.aws;

import org.jspecify.annotations.NullMarked;
