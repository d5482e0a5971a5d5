// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

/// A token for the tests: balances, and transfers that a payer authorises by signature (EIP-3009).
contract Token {
    string public constant name = "Test Dollar";
    string public constant version = "1";
    uint8 public constant decimals = 6;
    bytes32 private constant TRANSFER = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private immutable domain;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(bytes32 => bool)) public authorizationState;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);

    constructor(address holder, uint256 supply) {
        domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                block.chainid,
                address(this)
            )
        );
        balanceOf[holder] = supply;
        emit Transfer(address(0), holder, supply);
    }

    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) public {
        require(block.timestamp > validAfter, "too early");
        require(block.timestamp < validBefore, "too late");
        require(!authorizationState[from][nonce], "used");
        bytes32 transfer = keccak256(abi.encode(TRANSFER, from, to, value, validAfter, validBefore, nonce));
        bytes32 message = keccak256(abi.encodePacked("\x19\x01", domain, transfer));
        require(from != address(0) && ecrecover(message, v, r, s) == from, "not signed");
        authorizationState[from][nonce] = true;
        emit AuthorizationUsed(from, nonce);
        require(balanceOf[from] >= value, "too little");
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }
}
