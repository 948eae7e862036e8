"""The demo authority's time stamps (RFC 3161), made in this process: no network, the same form a service would send."""

import datetime as dt
from typing import Any

from asn1crypto import algos, cms, core, tsp, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import get_nonce

_attribute: Any = simple_cms_attribute
_nonce: Any = get_nonce
POLICY = "2.999.1"  # the arc set aside for examples


class DemoTimeStamps(TimeStamper):
    def __init__(
        self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, chain: list[x509.Certificate]
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._certificate, self._key, self._chain = certificate, key, chain

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        imprint = req["message_imprint"]
        at = dt.datetime.now(dt.UTC)
        said = {
            "version": "v1",
            "policy": tsp.ObjectIdentifier(POLICY),
            "message_imprint": imprint,
            "serial_number": _nonce(),
            "gen_time": at,
            "tsa": x509.GeneralName(name="directory_name", value=self._certificate.subject),
        }
        if req["nonce"].native is not None:
            said["nonce"] = req["nonce"]
        token = cms.ContentInfo({"content_type": "signed_data", "content": self._signed(tsp.TSTInfo(said).dump(), at)})
        status = tsp.PKIStatusInfo({"status": tsp.PKIStatus("granted")})
        return tsp.TimeStampResp({"status": status, "time_stamp_token": token})

    def _signed(self, info: bytes, at: dt.datetime) -> cms.SignedData:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(info)
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(at)})),
                _attribute("signing_certificate_v2", as_signing_certificate_v2(self._certificate)),
                _attribute("message_digest", digest.finalize()),
            ]
        )
        algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": self._sid()}),
            "digest_algorithm": algorithm,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signed_attrs": attributes,
            "signature": self._key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
        }
        return cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": cms.DigestAlgorithms((algorithm,)),
                "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
                "certificates": [self._certificate, *self._chain],
                "signer_infos": [cms.SignerInfo(signer)],
            }
        )

    def _sid(self) -> cms.IssuerAndSerialNumber:
        return cms.IssuerAndSerialNumber(
            {"issuer": self._certificate.issuer, "serial_number": self._certificate.serial_number}
        )
